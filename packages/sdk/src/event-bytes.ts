// SPDX-License-Identifier: Apache-2.0
// How what a developer hands to record() becomes the bytes of one event.
import { ACCESS_TYPE, type DecodedEvent, decode } from '@ashiato/schema';
import { TrailError } from './errors.ts';
import { nextId } from './next-id.ts';
import type { AccessRecord } from './words.ts';

/** One instance in one life. */
export interface Origin {
  source: string;
  epoch: number;
  /** `<source>#<epoch>`: member `partitionkey`, and the key under which the queue keeps the source's order. */
  partitionKey: string;
  /** The envelope's constant parts, around id, time and sequence. */
  beforeTime: string;
  afterSequence: string;
}

export function originOf(source: string, epoch: number): Origin {
  const partitionKey = `${source}#${epoch}`;
  const [sourceText, keyText] = [JSON.stringify(source), JSON.stringify(partitionKey)];
  return {
    source,
    epoch,
    partitionKey,
    beforeTime: `","source":${sourceText},"type":"${ACCESS_TYPE}","time":`,
    afterSequence: `","sourceepoch":"${epoch}","partitionkey":${keyText}`,
  };
}

/** What the caller gave, serialised: later changes to the caller's object have no effect. */
export interface Draft {
  id: string;
  /** As JSON, quotes included. */
  time: string;
  /** `,"traceparent":…,"data":` and the data, up to the event's closing brace. */
  tail: string;
}

/** Call it before the first await: id and time are those of the moment of record(). */
export function draftOf(record: AccessRecord, now: number, activeTrace?: () => string | undefined): Draft {
  if (typeof record !== 'object' || record === null) {
    throw new TrailError('INVALID_EVENT', 'record() needs an object that says who touched which fields');
  }
  const { time, traceparent = activeTrace?.() } = record;
  const trace = traceparent === undefined ? '' : `,"traceparent":${serialise(traceparent)}`;
  return {
    id: nextId(now),
    time: timeText(time, now),
    tail: `${trace},"data":${serialise(dataOf(record))}}`,
  };
}

function dataOf(record: AccessRecord): object {
  if (record.time === undefined && record.traceparent === undefined) return record;
  const { time: _, traceparent: __, ...data } = record;
  return data;
}

/** Upper bound of an event's size where its strings are ASCII, which checking makes sure of. */
export const sizeOf = (draft: Draft, origin: Origin): number =>
  draft.tail.length + ENVELOPE + origin.source.length * 2;
const ENVELOPE = 320;

/**
 * The event's bytes with this sequence in it. What is checked are the bytes that go out, by the code that the
 * recorder uses. Throws `INVALID_EVENT` with every problem.
 */
export function eventBytes(draft: Draft, origin: Origin, sequence: number): DecodedEvent {
  const { id, time, tail } = draft;
  const bytes = Buffer.from(
    `{"specversion":"1.0","id":"${id}${origin.beforeTime}${time},"datacontenttype":"application/json","sequence":"${sequence}${origin.afterSequence}${tail}`,
  );
  const decoded = decode('access', bytes);
  if (decoded.kind === 'unreadable') {
    throw new TrailError(
      'INVALID_EVENT',
      `the event would be unreadable (${decoded.problem}); one event is at most 65536 bytes of well-formed JSON`,
    );
  }
  if (decoded.problems.length > 0) throw wrong(decoded);
  return decoded;
}

function wrong({ problems }: DecodedEvent): TrailError {
  const places = problems.map(({ member, kind, expected }) => `${member} ${kind}, expected ${expected}`);
  const absent = problems.some(({ member, kind }) => kind === 'missing' && FROM_CONTEXT.test(member));
  const remedy = absent ? '; give it, or set it once for all that a route does with withActor' : '';
  return new TrailError(
    'INVALID_EVENT',
    `the event is not as the schema says: ${places.join('; ')}${remedy}`,
    {
      problems,
    },
  );
}
const FROM_CONTEXT = /^\/data\/(?:actor|purpose)$/;

/** Many events of a busy service share a millisecond. */
let latest = { now: Number.NaN, text: '' };

function timeText(time: Date | string | undefined, now: number): string {
  if (typeof time === 'string') return serialise(time);
  // An invalid Date has no text; the checker then names /time with what is expected there.
  if (time !== undefined) return Number.isNaN(time.getTime()) ? '""' : `"${time.toISOString()}"`;
  if (now !== latest.now) latest = { now, text: `"${new Date(now).toISOString()}"` };
  return latest.text;
}

function serialise(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch (cause) {
    const message = 'the event cannot be written as JSON; give plain values only';
    throw new TrailError('INVALID_EVENT', message, { cause });
  }
}
