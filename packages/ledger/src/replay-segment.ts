// SPDX-License-Identifier: Apache-2.0
// Reads back from committed lines what the recorder knew when it wrote them.
import { hash } from 'node:crypto';
import { type EventLine, locate, type ParsedEvent } from '@ashiato/schema';
import { replaceSpans } from './encrypt-members.ts';
import { recordLines, type Segment } from './segment.ts';
import type { Delivered, SourceStates } from './source-states.ts';
import { storedEvent } from './stored-leaves.ts';

/** Places every event of a segment again, so that `sources` stands where it stood after the commit. */
export function replaySegment(segment: Segment, sources: SourceStates): void {
  for (const text of recordLines(segment)) {
    const delivered = deliveredOf(text);
    if (delivered) sources.place(delivered);
  }
  sources.takeTouched();
}

/** What `place` needs, from a stored line; `undefined` for an unreadable record. */
export function deliveredOf(utf8Line: string): Delivered | undefined {
  const line = JSON.parse(utf8Line) as EventLine & { unreadable?: unknown };
  if (line.unreadable !== undefined) return undefined;
  const { text, encoded } = storedEvent(Buffer.from(utf8Line, 'utf8').toString('latin1'));
  const event = (
    encoded ? JSON.parse(Buffer.from(text, 'latin1').toString('utf8')) : line.event
  ) as ParsedEvent;
  const encrypted = new Set((line.encrypted ?? []).map(({ member }) => member));
  return delivered(event, digestOf(text, encrypted), line.offset);
}

/** What `place` needs of a decoded event. */
export function delivered(event: ParsedEvent, digest: string, offset: number): Delivered {
  const { source, id, sourceepoch, sequence } = event;
  return {
    source,
    epoch: typeof sourceepoch === 'string' ? sourceepoch : null,
    sequence: typeof sequence === 'string' && DECIMAL.test(sequence) ? Number(sequence) : null,
    id,
    digest,
    offset,
  };
}

const DECIMAL = /^(?:0|[1-9]\d{0,14})$/;

/**
 * SHA-256, as a binary string, of an event's bytes with its encrypted members as `null`: the same for every delivery.
 * `bytes` are those of `text`, where the caller has them. */
export function digestOf(text: string, encrypted: ReadonlySet<string>, bytes?: Uint8Array): string {
  if (encrypted.size === 0 && bytes) return hash('sha256', bytes, 'binary');
  const plain = encrypted.size === 0 ? text : replaceSpans(text, locate(text, encrypted), () => 'null');
  return hash('sha256', Buffer.from(plain, 'latin1'), 'binary');
}
