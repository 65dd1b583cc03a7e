// SPDX-License-Identifier: Apache-2.0
// Lays fetched batches end to end from an offset: every offset becomes a message, a proven gap, or a hole.
import type { Gap, Message } from '../queue.ts';
import { controlMarker, type RecordBatch, readRecords } from './record-batch.ts';

/** Offsets between two batches, or before the first: no header speaks of them. */
export interface Hole {
  from: number;
  to: number;
  cause: 'hole';
}

export interface Walked {
  messages: Message[];
  gaps: (Gap | Hole)[];
  /** The offset after the last one covered. */
  next: number;
}

/** `plains[i]` is the decompressed payload of `batches[i]`. Records before `from` are left out. */
export function walkBatches(from: number, batches: RecordBatch[], plains: Buffer[]): Walked {
  const walked: Walked = { messages: [], gaps: [], next: from };
  for (const [i, batch] of batches.entries()) {
    if (batch.last < walked.next) continue;
    if (batch.base > walked.next) {
      walked.gaps.push({ from: walked.next, to: batch.base - 1, cause: 'hole' });
      walked.next = batch.base;
    }
    if (batch.control) walked.gaps.push(controlGap(walked.next, batch));
    else walkRecords(walked, batch, readRecords(batch, plains[i]!));
    walked.next = batch.last + 1;
  }
  return walked;
}

function walkRecords(walked: Walked, batch: RecordBatch, records: Message[]): void {
  let next = walked.next;
  for (const record of records) {
    if (record.offset < next) continue;
    if (record.offset > batch.last) throw new RangeError('a record lies outside its batch');
    if (record.offset > next) walked.gaps.push(compactedGap(next, record.offset - 1, batch));
    walked.messages.push(record);
    next = record.offset + 1;
  }
  if (next <= batch.last) walked.gaps.push(compactedGap(next, batch.last, batch));
}

function controlGap(from: number, batch: RecordBatch): Gap {
  return {
    from,
    to: batch.last,
    cause: 'control',
    proof: {
      batch_base: batch.base,
      batch_last: batch.last,
      producer_id: batch.producerId,
      marker: controlMarker(batch),
    },
  };
}

/** The header owns these offsets and the batch holds fewer records: they were removed by compaction. */
function compactedGap(from: number, to: number, batch: RecordBatch): Gap {
  const proof = { batch_base: batch.base, batch_last: batch.last, records: batch.records };
  return { from, to, cause: 'compacted', proof };
}
