// SPDX-License-Identifier: Apache-2.0
// All versions of one policy to a judge.

import { isTrueToName, type PolicyBundle } from './bundle.ts';
import { PolicyError } from './errors.ts';
import { membersOf } from './facts.ts';
import { createFindingMaker } from './finding-maker.ts';
import { createVersionJudge, verdictOf } from './judge-version.ts';
import type { FallbackCode } from './rules-document.ts';
import type { Mode, Verdict } from './verdict.ts';
import { endOf, inOrder, overlaps } from './versions.ts';
import { readInstant } from './zoned-day.ts';

export type Judge = {
  /** The mode whose outcome is *the* outcome. */
  readonly mode: Mode;
  /** In the order in which they come into force. */
  readonly bundles: readonly PolicyBundle[];
  /**
   * Judges one CloudEvents object under the version in force at its `time`. Pure and total: any JSON value gets a
   * verdict, equal events get equal verdicts. The verdict is frozen and may be shared with other events.
   */
  evaluate(event: unknown): Verdict;
};

export type JudgeOptions = {
  mode?: Mode;
  /** One version alone, whatever its dates: for asking what it would say of another time. */
  throughout?: boolean;
};

/**
 * Makes the judge of one policy. An open-ended version ends where the next one starts. Throws `PolicyError` MISMATCH
 * for no bundle, bundles of several policies, and a bundle whose content is not what its hashes say; OVERLAP for two bundles of one version or times claimed twice.
 */
export function compile(bundles: readonly PolicyBundle[], options: JudgeOptions = {}): Judge {
  const { mode = 'strict', throughout = false } = options;
  const ordered = inOrder(bundles);
  checkVersions(ordered);
  if (throughout && ordered.length > 1)
    throw new PolicyError('OVERLAP', `expected one version to be in force throughout, got ${ordered.length}`);
  const versions = ordered.map((bundle, index) => ({
    judge: createVersionJudge(bundle, mode),
    from: throughout ? Number.NEGATIVE_INFINITY : Date.parse(bundle.effective_from),
    to: throughout ? Number.POSITIVE_INFINITY : endOf(bundle, ordered[index + 1]),
  }));
  const unjudged = (code: FallbackCode): Verdict => {
    const bundle = ordered[0]!;
    return verdictOf(bundle, mode, createFindingMaker(bundle).fallback(code, 'time'), false);
  };
  const outside = unjudged('no_policy_in_force');
  const unreadable = unjudged('time_unreadable');
  const evaluate = (event: unknown): Verdict => {
    const { time, data } = membersOf(event);
    const at = readInstant(time);
    if (Number.isNaN(at)) return unreadable;
    for (const { from, to, judge } of versions) if (at >= from && at < to) return judge(membersOf(data), at);
    return outside;
  };
  return { mode, bundles: ordered, evaluate };
}

function checkVersions(ordered: readonly PolicyBundle[]): void {
  const ids = [...new Set(ordered.map(({ id }) => id))];
  if (ids.length !== 1) {
    throw new PolicyError(
      'MISMATCH',
      `expected bundles of one policy, got ${ids.length} (${ids.join(', ')})`,
    );
  }
  const untrue = ordered.find(bundle => !isTrueToName(bundle));
  if (untrue) {
    const message = `expected a bundle that is what its hashes say, got other content under ${untrue.sha256}`;
    throw new PolicyError('MISMATCH', `${message}; read it again from its source`);
  }
  for (const [earlier, later] of overlaps(ordered)) {
    const message = `expected versions with times of their own, got ${earlier.version} and ${later.version} of ${later.id}`;
    throw new PolicyError(
      'OVERLAP',
      `${message}; give one bundle a version and end the earlier before the later`,
    );
  }
}
