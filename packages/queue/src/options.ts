// SPDX-License-Identifier: Apache-2.0

import type { ConnectionOptions } from 'node:tls';
import type { SASLOptions } from 'kafkajs';
import type { Notice } from './queue.ts';

/** Settings of a queue; every one has a default. */
export interface QueueOptions {
  /** How long messages are kept, in ms. Default 14 days. */
  retentionMs?: number;
  /** Largest message (key and value) accepted, in bytes. Default 4 MiB. */
  maxMessageBytes?: number;
  /** Receives what was ridden out. Default: nobody. */
  report?: (notice: Notice) => void;
  /** File queue: a new file is begun beyond this many bytes. Default 64 MiB. */
  segmentBytes?: number;
  /** File queue: publishing beyond this many bytes in all is refused with `QUEUE_FULL`. Default: no limit. */
  maxBytes?: number;
  /** Kafka: how our batches are compressed. Default zstd, gzip where Node has none (before 22.15). */
  compression?: 'zstd' | 'gzip' | 'none';
  /** Kafka: copies of each topic that ensureTopics creates. Default: the brokers' own default. */
  replicationFactor?: number;
  /** Kafka: a subscriber silent for so long, in ms, is taken for dead. Default 15 s. */
  sessionTimeoutMs?: number;
  /** Kafka: undecoded and decoded bytes held per partition ahead of onChunk. Default 8 MiB. */
  readAheadBytes?: number;
  ssl?: ConnectionOptions | boolean;
  sasl?: SASLOptions;
}

export interface Settings extends QueueOptions {
  retentionMs: number;
  maxMessageBytes: number;
  report: (notice: Notice) => void;
  segmentBytes: number;
  maxBytes: number;
  sessionTimeoutMs: number;
  readAheadBytes: number;
}

const MiB = 1 << 20;

export function withDefaults(options: QueueOptions): Settings {
  return {
    retentionMs: 14 * 24 * 3600 * 1000,
    maxMessageBytes: 4 * MiB,
    report: () => undefined,
    segmentBytes: 64 * MiB,
    maxBytes: Number.POSITIVE_INFINITY,
    sessionTimeoutMs: 15_000,
    readAheadBytes: 8 * MiB,
    ...options,
  };
}
