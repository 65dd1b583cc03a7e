// SPDX-License-Identifier: Apache-2.0
// Step 6 of the walk: the verdict on one decoded event, in the form that is committed; and the same again, from the
// committed record. Both go one way, so that the same judge gives the same verdict.
import {
  ACCESS_TYPE,
  type DecodedEvent,
  type EventLine,
  OUTCOME_ORDER,
  type ParsedEvent,
  schemaFindings,
  schemaOutcome,
  type VerdictOutcome,
} from '@ashiato/schema';
import type { Judge } from '../compile.ts';
import { type Finding, type Verdict, verdictJson } from '../verdict.ts';

/** Why no verdict: seals, beacons, context and control events state facts, they do not access data. */
const NOT_JUDGED = 'null';

export interface Judged {
  /** JSON of the committed verdict, ASCII. */
  json: string;
  outcome: VerdictOutcome | null;
  policy: Verdict['policy'];
}

/** What a verdict says, whether it was made now or read back. */
export interface Rejudged {
  literal: VerdictOutcome;
  strict: VerdictOutcome;
  policy: { sha256: string } | null;
  findings: readonly Pick<Finding, 'code' | 'clauses' | 'mode' | 'about'>[];
}

/** Judges what is left of the event when everything that does not fit the schema is taken out. */
export function judgeEvent(decoded: DecodedEvent, judge: Judge): Judged {
  if (decoded.event.type !== ACCESS_TYPE) return { json: NOT_JUDGED, outcome: null, policy: null };
  if (decoded.strays.size === 0) {
    const verdict = judge.evaluate(decoded.event);
    return { json: verdictJson(verdict, 'committed'), outcome: verdict.outcome, policy: verdict.policy };
  }
  const verdict = judge.evaluate(without(decoded.event, decoded.strays.keys()));
  const { findings, worst } = schemaFindings(decoded.problems);
  const committed = JSON.parse(verdictJson(verdict, 'committed')) as { findings: unknown[] };
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

/**
 * Judges the event of a committed record again; null where the recorder judged nothing. What was cut out and
 * encrypted stays out, and what the shape of the event had against it stands, since only the recorder saw the values.
 */
export function judgeAgain(line: EventLine, judge: Judge): Rejudged | null {
  if (line.verdict === null) return null;
  const event = eventOf(line);
  if (!line.encrypted?.length) return judge.evaluate(event);
  const pointers = line.encrypted.map(({ member }) => member);
  const { literal, strict, policy, findings } = judge.evaluate(without(event, pointers));
  const ofSchema = line.verdict.findings.filter(({ code }) => schemaOutcome(code));
  const worst = ofSchema.reduce<VerdictOutcome>(
    (sum, { code }) => worse(sum, schemaOutcome(code)!),
    'conforming',
  );
  return {
    literal: worse(literal, worst),
    strict: worse(strict, worst),
    policy,
    findings: [...findings, ...ofSchema],
  };
}

/** The event of a committed record, with commitments in the place of what was encrypted. */
export function eventOf({ event, event_b64 }: EventLine): ParsedEvent {
  if (event) return event as ParsedEvent;
  // Not by Buffer: verifiers judge in a browser.
  const bytes = Uint8Array.from(atob(event_b64!), char => char.charCodeAt(0));
  return JSON.parse(new TextDecoder().decode(bytes)) as ParsedEvent;
}

const worse = (a: VerdictOutcome, b: VerdictOutcome): VerdictOutcome =>
  OUTCOME_ORDER.indexOf(a) >= OUTCOME_ORDER.indexOf(b) ? a : b;

/** A copy of the event without the members at these JSON pointers; an element of a list becomes null. */
function without(event: ParsedEvent, pointers: Iterable<string>): unknown {
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
