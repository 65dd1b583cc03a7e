// SPDX-License-Identifier: Apache-2.0
// What a developer hands to record(), and how it becomes the bytes of one event.
import { ACCESS_TYPE, type AccessEvent, decode } from '@ashiato/schema';
import { v7 } from 'uuid';
import { TrailError } from './errors.ts';

type AccessData = AccessEvent['data'];

/**
 * The names a policy knows, as unions of literals. Give `createTrail` the vocabulary that was generated from
 * your policy, and a purpose or field that the policy does not hold is a compile error.
 */
export interface Vocabulary {
  field: string;
  purpose: string;
  business: string;
  recipient: string;
}

type Named<V extends Vocabulary> = {
  fields: V['field'][];
  purpose: V['purpose'];
  parent_purpose?: V['purpose'] | undefined;
  business?: V['business'] | undefined;
  parent_business?: V['business'] | undefined;
  recipient?:
    | (Omit<NonNullable<AccessData['recipient']>, 'category'> & { category: V['recipient'] })
    | undefined;
};

/** One access to personal data: ids and field names, never values. */
export type AccessRecord<V extends Vocabulary = Vocabulary> = Omit<AccessData, keyof Named<V>> &
  Named<V> & {
    /** When it happened; the moment of the call when absent. */
    time?: Date | string | undefined;
    /** W3C trace context of the request that caused it. */
    traceparent?: string | undefined;
  };

/** An event that passed every check and waits for its number. */
export interface CheckedEvent {
  id: string;
  /** The event's bytes with this sequence in it. */
  numbered(sequence: number): Buffer;
  /** Upper bound of the bytes' length. */
  bytes: number;
}

/** Longest decimal the schema allows: checking with it makes the size check hold for every real number. */
const LONGEST_SEQUENCE = 999_999_999_999_999;

export interface Origin {
  source: string;
  epoch: number;
  /** `<source>#<epoch>`: member `partitionkey`, and the key under which the queue keeps the source's order. */
  partitionKey: string;
}

export function originOf(source: string, epoch: number): Origin {
  return { source, epoch, partitionKey: `${source}#${epoch}` };
}

/** What the caller gave, serialised: later changes to the caller's object have no effect. */
export interface Draft {
  id: string;
  time: string;
  traceparent: string | undefined;
  data: string;
}

/** Call it before the first await: id and time are those of the moment of record(). */
export function draftOf(record: AccessRecord, now: number): Draft {
  if (typeof record !== 'object' || record === null) {
    throw new TrailError('INVALID_EVENT', 'record() needs an object that says who touched which fields');
  }
  const { time, traceparent, ...data } = record;
  return { id: v7(), time: textOfTime(time ?? new Date(now)), traceparent, data: serialise(data) };
}

/**
 * Makes a draft one of this source and epoch. What is checked are the bytes that go out, by the code that the
 * recorder uses. Throws `INVALID_EVENT` with every problem.
 */
export function checkDraft({ id, time, traceparent, data }: Draft, origin: Origin): CheckedEvent {
  const before = { specversion: '1.0', id, source: origin.source, type: ACCESS_TYPE, time };
  const after = { sourceepoch: String(origin.epoch), partitionkey: origin.partitionKey, traceparent };
  const head = `${serialise({ ...before, datacontenttype: 'application/json' }).slice(0, -1)},"sequence":"`;
  const tail = `",${serialise(after).slice(1, -1)},"data":${data}}`;
  const numbered = (sequence: number) => Buffer.from(`${head}${sequence}${tail}`);
  const longest = numbered(LONGEST_SEQUENCE);
  refuseIfWrong(longest);
  return { id, numbered, bytes: longest.length };
}

function textOfTime(time: Date | string): string {
  if (typeof time === 'string') return time;
  // An invalid Date has no text; the checker then names /time with what is expected there.
  return Number.isNaN(time.getTime()) ? '' : time.toISOString();
}

function serialise(value: object): string {
  try {
    return JSON.stringify(value);
  } catch (cause) {
    throw new TrailError('INVALID_EVENT', 'the event cannot be written as JSON; give plain values only', {
      cause,
    });
  }
}

function refuseIfWrong(bytes: Buffer): void {
  const decoded = decode('access', bytes);
  if (decoded.kind === 'unreadable') {
    throw new TrailError(
      'INVALID_EVENT',
      `the event would be unreadable (${decoded.problem}); one event is at most 65536 bytes of well-formed JSON`,
    );
  }
  if (decoded.problems.length === 0) return;
  const places = decoded.problems.map(
    ({ member, kind, expected }) => `${member} ${kind}, expected ${expected}`,
  );
  throw new TrailError('INVALID_EVENT', `the event is not as the schema says: ${places.join('; ')}`, {
    problems: decoded.problems,
  });
}
