// SPDX-License-Identifier: Apache-2.0
// One fetch from one broker, with everything the broker says about gaps kept.
import { type Broker, fetchRequest } from './kafkajs-private.ts';
import { type RecordBatch, splitBatches } from './record-batch.ts';
import { takeInt16, takeInt32, takeInt64, takeString, type WireReader } from './wire.ts';

export interface Wanted {
  topic: string;
  partition: number;
  offset: number;
}

export interface Fetched {
  topic: string;
  partition: number;
  /** Kafka's error code; 0 is none. */
  error: number;
  highWatermark: number;
  logStart: number;
  batches: RecordBatch[];
  /** Set when the bytes are no batches we know. */
  unreadable: Error | undefined;
  bytes: number;
}

export interface FetchLimits {
  maxWaitMs: number;
  partitionBytes: number;
  totalBytes: number;
}

const ANSWER_MARGIN_MS = 4000;

/** Asks a leader for what follows each offset; waits up to `maxWaitMs` when there is nothing. */
export async function fetchFrom(broker: Broker, wanted: Wanted[], limits: FetchLimits): Promise<Fetched[]> {
  const topics = [...Map.groupBy(wanted, ({ topic }) => topic)].map(([topic, partitions]) => ({
    topic,
    partitions: partitions.map(({ partition, offset }) => ({
      partition,
      fetchOffset: String(offset),
      maxBytes: limits.partitionBytes,
    })),
  }));
  const answer = await broker.connectionPool.send({
    request: fetchRequest(topics, limits.maxWaitMs, limits.totalBytes),
    response: { decode: async bytes => decodeFetch(bytes), parse: async decoded => decoded },
    requestTimeout: limits.maxWaitMs + ANSWER_MARGIN_MS,
  });
  const { error, partitions } = answer as ReturnType<typeof decodeFetch>;
  return error === 0 ? partitions : wanted.map(one => failed(one, error));
}

function failed({ topic, partition }: Wanted, error: number): Fetched {
  return {
    topic,
    partition,
    error,
    highWatermark: 0,
    logStart: 0,
    batches: [],
    unreadable: undefined,
    bytes: 0,
  };
}

/** Fetch response, version 11 (Kafka protocol guide). kafkajs waits out `clientSideThrottleTime` by itself. */
function decodeFetch(bytes: Buffer) {
  const reader: WireReader = { at: 0, bytes };
  const clientSideThrottleTime = takeInt32(reader);
  const error = takeInt16(reader);
  takeInt32(reader); // session id
  const partitions: Fetched[] = [];
  for (let topics = takeInt32(reader); topics > 0; topics--) {
    const topic = takeString(reader);
    for (let count = takeInt32(reader); count > 0; count--) partitions.push(takePartition(reader, topic));
  }
  return { clientSideThrottleTime, error, partitions };
}

function takePartition(reader: WireReader, topic: string): Fetched {
  const partition = takeInt32(reader);
  const error = takeInt16(reader);
  const highWatermark = takeInt64(reader);
  takeInt64(reader); // last stable offset
  const logStart = takeInt64(reader);
  for (let aborted = takeInt32(reader); aborted > 0; aborted--) reader.at += 16;
  takeInt32(reader); // preferred read replica
  const length = Math.max(0, takeInt32(reader));
  const records = reader.bytes.subarray(reader.at, reader.at + length);
  reader.at += length;
  const fetched = { topic, partition, error, highWatermark, logStart, bytes: length };
  try {
    return { ...fetched, batches: splitBatches(records), unreadable: undefined };
  } catch (cause) {
    return { ...fetched, batches: [], unreadable: cause instanceof Error ? cause : new Error(String(cause)) };
  }
}
