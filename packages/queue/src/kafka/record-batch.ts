// SPDX-License-Identifier: Apache-2.0
// Record batches, format 2 (Kafka documentation, "Record Batch"): headers first, records only when asked.
import type { Message } from '../queue.ts';
import { int64, takeVarint, takeVarlong, type WireReader } from './wire.ts';

/** One stored batch: it owns offsets `base..last`, of which `records` still hold something. */
export interface RecordBatch {
  base: number;
  last: number;
  records: number;
  /** 0 none, 1 gzip, 2 snappy, 3 lz4, 4 zstd. */
  codec: number;
  control: boolean;
  /** The broker's append time when the batch is stamped so; else each record has its producer's time. */
  logAppendTime: number | undefined;
  firstTimestamp: number;
  producerId: string;
  payload: Buffer;
}

const HEADER = 61;
const LENGTH_PREFIX = 12;
const MAGIC = 2;

/** Splits fetched bytes; an incomplete batch at the end, which a broker may send, is left out. */
export function splitBatches(bytes: Buffer): RecordBatch[] {
  const batches: RecordBatch[] = [];
  for (let at = 0; at + HEADER <= bytes.length; ) {
    const end = at + LENGTH_PREFIX + bytes.readInt32BE(at + 8);
    const magic = bytes.readInt8(at + 16);
    if (magic !== MAGIC) throw new RangeError(`message format ${magic}, expected 2: convert the topic first`);
    if (end < at + HEADER) throw new RangeError('a batch is shorter than its header');
    if (end > bytes.length) break;
    batches.push(readHeader(bytes, at, end));
    at = end;
  }
  return batches;
}

function readHeader(bytes: Buffer, at: number, end: number): RecordBatch {
  const base = int64(bytes, at);
  const attributes = bytes.readInt16BE(at + 21);
  return {
    base,
    last: base + bytes.readInt32BE(at + 23),
    records: bytes.readInt32BE(at + 57),
    codec: attributes & 0x07,
    control: (attributes & 0x20) !== 0,
    logAppendTime: (attributes & 0x08) === 0 ? undefined : int64(bytes, at + 35),
    firstTimestamp: int64(bytes, at + 27),
    producerId: bytes.readBigInt64BE(at + 43).toString(),
    payload: bytes.subarray(at + HEADER, end),
  };
}

/** The records of a batch, from its decompressed payload; keys and values share memory with it. */
export function readRecords(batch: RecordBatch, plain: Buffer): Message[] {
  const messages: Message[] = new Array(batch.records);
  const reader: WireReader = { at: 0, bytes: plain };
  for (let i = 0; i < batch.records; i++) {
    const length = takeVarint(reader);
    const end = reader.at + length;
    if (length < 0 || end > plain.length) throw new RangeError('a record runs past its batch');
    reader.at++;
    const timestamp = batch.firstTimestamp + takeVarlong(reader);
    const offset = batch.base + takeVarint(reader);
    const key = takeBytes(reader, end);
    const value = takeBytes(reader, end);
    messages[i] = { offset, appendedAt: batch.logAppendTime ?? timestamp, key, value };
    // Headers are not read: nothing of ours lives there.
    reader.at = end;
  }
  return messages;
}

function takeBytes(reader: WireReader, end: number): Buffer | null {
  const length = takeVarint(reader);
  if (length < 0) return null;
  const from = reader.at;
  if (from + length > end) throw new RangeError('a field runs past its record');
  reader.at = from + length;
  return reader.bytes.subarray(from, reader.at);
}

/** What a control batch says about its transaction. */
export function controlMarker(batch: RecordBatch): 'commit' | 'abort' | 'other' {
  const key = readRecords(batch, batch.payload)[0]?.key;
  if (key == null || key.length < 4) return 'other';
  const type = (key[2]! << 8) | key[3]!;
  return type === 1 ? 'commit' : type === 0 ? 'abort' : 'other';
}
