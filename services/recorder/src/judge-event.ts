// SPDX-License-Identifier: Apache-2.0
// Step 6 of the walk: the verdict on one decoded event, in the form that is committed.
import { type Judge, type Verdict, verdictJson } from '@ashiato/policy';
import {
  ACCESS_TYPE,
  type DecodedEvent,
  type Mark,
  OUTCOME_ORDER,
  type ParsedEvent,
  parseInstant,
  schemaFindings,
  type VerdictOutcome,
} from '@ashiato/schema';

/** Why no verdict: seals, beacons, context and control events state facts, they do not access data. */
const NOT_JUDGED = 'null';

export interface Judged {
  /** JSON of the committed verdict, ASCII. */
  json: string;
  outcome: VerdictOutcome | null;
  policy: Verdict['policy'];
}

/** Judges what is left of the event when everything that does not fit the schema is taken out. */
export function judgeEvent(decoded: DecodedEvent, judge: Judge): Judged {
  if (decoded.event.type !== ACCESS_TYPE) return { json: NOT_JUDGED, outcome: null, policy: null };
  if (decoded.strays.size === 0) {
    const verdict = judge.evaluate(decoded.event);
    return { json: verdictJson(verdict, 'committed'), outcome: verdict.outcome, policy: verdict.policy };
  }
  const verdict = judge.evaluate(without(decoded.event, [...decoded.strays.keys()]));
  const { findings, worst } = schemaFindings(decoded.problems);
  const committed = JSON.parse(verdictJson(verdict, 'committed')) as { findings: unknown[] } & Record<
    string,
    unknown
  >;
  const outcome = worse(verdict.outcome, worst);
  const json = JSON.stringify({
    ...committed,
    outcome,
    literal: worse(verdict.literal, worst),
    strict: worse(verdict.strict, worst),
    findings: [...committed.findings, ...findings],
  });
  return { json, outcome, policy: verdict.policy };
}

/** What the event's own clock says against the broker's; a forged time could choose its own policy (POLICY 3). */
export function timeMarks(
  event: ParsedEvent,
  appendedAt: number,
  limits: { ahead: number; behind: number },
): Mark[] {
  const time = typeof event.time === 'string' ? parseInstant(event.time) : Number.NaN;
  if (time > appendedAt + limits.ahead) return ['future_time'];
  if (time < appendedAt - limits.behind) return ['past_time'];
  return NO_MARKS;
}

const NO_MARKS: Mark[] = [];

const worse = (a: VerdictOutcome, b: VerdictOutcome): VerdictOutcome =>
  OUTCOME_ORDER.indexOf(a) >= OUTCOME_ORDER.indexOf(b) ? a : b;

/** A copy of the event without the members at these JSON pointers; an element of a list becomes null. */
function without(event: ParsedEvent, pointers: string[]): unknown {
  const copy = structuredClone(event);
  for (const pointer of pointers) {
    const steps = pointer.slice(1).split('/');
    const last = steps.pop()!;
    let place: unknown = copy;
    for (const step of steps) place = (place as Record<string, unknown> | undefined)?.[step];
    if (Array.isArray(place)) place[Number(last)] = null;
    else if (typeof place === 'object' && place !== null) delete (place as Record<string, unknown>)[last];
  }
  return copy;
}
