// SPDX-License-Identifier: Apache-2.0
// Segment lines → what the checking of seals needs of them. The lines are committed; what stands in the events is
// untrusted.
import { createHash } from 'node:crypto';
import { recordLines, type Segment, storedEvent } from '@ashiato/ledger';
import {
  ACCESS_TYPE,
  type EventLine,
  type ParsedEvent,
  SEAL_TYPE,
  type Seal,
  sealEvent,
  type UnreadableLine,
} from '@ashiato/schema';

interface Placed {
  offset: number;
  /** The broker's clock, ms since 1970. */
  appendedAt: number;
}

/** An access, a seal, or anything else that a source said. */
export interface SourceRecord extends Placed {
  kind: 'access' | 'seal' | 'other';
  type: string;
  source: string;
  epoch: string | null;
  sequence: number | null;
  /** The event's own time, ms since 1970. */
  time: number;
  delivery: NonNullable<EventLine['delivery']>;
  /** SHA-256 of the event's bytes; null where members were encrypted, so that the bytes are not there. */
  digest: Buffer | null;
  /** Of a seal that is as its schema says. */
  seal?: Seal;
  data: Record<string, unknown>;
}

export type CheckedRecord = SourceRecord | (Placed & { kind: 'unreadable'; problem: string });

export function* checkedRecords(segment: Segment): Generator<CheckedRecord> {
  for (const text of recordLines(segment)) yield checkedRecord(text);
}

export function checkedRecord(text: string): CheckedRecord {
  const line = JSON.parse(text) as EventLine | UnreadableLine;
  const { offset, appended_at: appendedAt } = line;
  if ('unreadable' in line)
    return { kind: 'unreadable', offset, appendedAt, problem: line.unreadable.problem };
  const { text: bytes, encoded } = storedEvent(Buffer.from(text, 'utf8').toString('latin1'));
  const event = (
    encoded ? JSON.parse(Buffer.from(bytes, 'latin1').toString('utf8')) : line.event
  ) as ParsedEvent;
  const { type, source, sourceepoch, sequence, time } = event;
  const whole = !line.encrypted?.length;
  const seal = type === SEAL_TYPE && whole ? sealEvent.safeParse(event) : undefined;
  return {
    kind: type === ACCESS_TYPE ? 'access' : type === SEAL_TYPE ? 'seal' : 'other',
    offset,
    appendedAt,
    type,
    source,
    epoch: typeof sourceepoch === 'string' ? sourceepoch : null,
    sequence: typeof sequence === 'string' && DECIMAL.test(sequence) ? Number(sequence) : null,
    time: typeof time === 'string' ? Date.parse(time) : Number.NaN,
    delivery: line.delivery ?? { kind: 'new' },
    digest: whole ? createHash('sha256').update(bytes, 'latin1').digest() : null,
    ...(seal?.success ? { seal: seal.data.data } : {}),
    data: event.data ?? {},
  };
}

/** A number of a source; zero is none (as the ledger places them). */
const DECIMAL = /^[1-9]\d{0,14}$/;
