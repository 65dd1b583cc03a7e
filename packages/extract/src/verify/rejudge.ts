// SPDX-License-Identifier: Apache-2.0
// Verdicts judged again under the enclosed policies. Who it was does not matter to a judge, so hidden staff do not.
import { compile, type Judge, type PolicyBundle } from '@ashiato/policy';
import { judgeAgain } from '@ashiato/policy/trail';
import type { EventLine } from '@ashiato/schema';
import type { Fault } from './fault.ts';
import type { ShownRecord } from './record-line.ts';

/** Names what is wrong with a record's verdict; undefined when nothing is. */
export type Rejudge = (record: ShownRecord) => Fault | undefined;

export function createRejudge(bundles: readonly PolicyBundle[]): Rejudge {
  const judges = new Map(bundles.map(bundle => [bundle.sha256, compile([bundle], { throughout: true })]));
  // Outside the times of every version the answer is the same, whichever version is asked.
  const outside = bundles[0] && compile([bundles[0]]);

  return record => {
    const { line, id } = record;
    if ('unreadable' in line || line.verdict === null) return undefined;
    const { policy } = line.verdict;
    const judge = policy ? judges.get(policy.sha256) : outside;
    if (!judge) {
      const detail = `expected the policy ${policy?.sha256 ?? 'of the recorder'} among the enclosed`;
      return { code: 'policy_missing', place: id, detail };
    }
    const detail = (policy && notInForce(bundles, judge.bundles[0]!, record.at)) ?? difference(line, judge);
    return detail === undefined ? undefined : { code: 'verdict_changed', place: id, detail };
  };
}

function notInForce(bundles: readonly PolicyBundle[], bundle: PolicyBundle, at: number): string | undefined {
  const later = bundles.find(
    other =>
      other.id === bundle.id &&
      Date.parse(other.effective_from) > Date.parse(bundle.effective_from) &&
      Date.parse(other.effective_from) <= at,
  );
  const isOver = bundle.effective_to !== null && at >= Date.parse(bundle.effective_to);
  if (!later && !isOver && at >= Date.parse(bundle.effective_from)) return undefined;
  return `judged by version ${bundle.version}, which was not in force at its time`;
}

function difference(line: EventLine, judge: Judge): string | undefined {
  const recorded = line.verdict!;
  const again = judgeAgain(line, judge)!;
  for (const mode of ['literal', 'strict'] as const) {
    if (recorded[mode] !== again[mode])
      return `${mode}: recorded ${recorded[mode]}, judged again ${again[mode]}`;
  }
  if (recorded.outcome !== again.literal && recorded.outcome !== again.strict)
    return `recorded ${recorded.outcome}, judged again ${again.literal} or ${again.strict}`;
  if (recorded.policy?.sha256 !== again.policy?.sha256) return 'judged under another version';
  const reasons = ({ findings }: Pick<typeof again, 'findings'>) =>
    JSON.stringify(findings.map(({ code, clauses, mode, about }) => [code, clauses, mode, about]));
  return reasons(recorded) === reasons(again) ? undefined : 'the reasons differ';
}
