// SPDX-License-Identifier: Apache-2.0
// The port: durable publish and subscribe, the same over files and over Kafka.
// Offsets are whole numbers counted per partition from 0; a range `from..to` holds both ends; times are
// milliseconds since 1970 on the clock of whoever stores the message.

export interface TopicSpec {
  topic: string;
  partitions: number;
}

/**
 * One message to store. Without `partition` the key decides: murmur2 as Java's default partitioner and
 * librdkafka's `murmur2_random` do, so foreign producers land in the same place; a null key goes round robin.
 */
export interface Published {
  topic: string;
  key: string | null;
  value: Uint8Array;
  partition?: number;
}

export interface Position {
  topic: string;
  partition: number;
  offset: number;
}

/** A stored message. `appendedAt` never falls within a partition of a file queue; on Kafka it is LogAppendTime. */
export interface Message {
  offset: number;
  appendedAt: number;
  key: Uint8Array | null;
  value: Uint8Array | null;
}

/** Offsets that hold no message, and what proves that none was lost on our side. */
export type Gap =
  | { from: number; to: number; cause: 'expired'; proof: { log_start: number } }
  | {
      from: number;
      to: number;
      cause: 'control';
      proof: {
        batch_base: number;
        batch_last: number;
        producer_id: string;
        marker: 'commit' | 'abort' | 'other';
      };
    }
  | {
      from: number;
      to: number;
      cause: 'compacted';
      /** A batch header whose range holds more offsets than records, or a policy that allows removal. */
      proof:
        | { batch_base: number; batch_last: number; records: number }
        | { log_start: number; next_base: number; cleanup_policy: string };
    };

/** `messages` and `gaps`, each in order, together cover `from..to`: no hole, no overlap. */
export interface Chunk {
  topic: string;
  partition: number;
  from: number;
  to: number;
  messages: Message[];
  gaps: Gap[];
  /** The next offset to be given when the chunk was read: how far behind the reader is. */
  highWatermark: number;
}

export interface Publisher {
  /**
   * Stores the messages, in order within each partition, and resolves with their positions in the order
   * given. Durable when it resolves: fsynced on files; acknowledged by all in-sync replicas on Kafka. A
   * rejection does not mean absence: some or all may have been stored. Calls may overlap and share one
   * write; two calls that both name a partition are stored in the order of the calls.
   */
  publish(messages: Published[]): Promise<Position[]>;
  /** Waits for what was accepted, then refuses. */
  close(): Promise<void>;
}

export interface Subscription {
  topics: string[];
  /** Partitions are shared among the subscribers of one group. */
  group: string;
  /**
   * Called on each assignment; MUST say where to read on. `low` is the oldest offset held, `high` the next
   * one to be given. The group's committed offset is never used. Below `low` the reader gets an `expired`
   * gap first; above `high` subscribe rejects with `OFFSET_RANGE`.
   */
  startAt(topic: string, partition: number, held: { low: number; high: number }): Promise<number>;
  /**
   * The next chunk of that partition comes only when this resolves; other partitions go on, and so does the
   * membership of the group, for as long as it takes. A rejection ends subscribe with the same reason.
   */
  onChunk(chunk: Chunk): Promise<void>;
  /**
   * The partition is no longer ours; no chunk of it is under way. Called before the group hands it to
   * another, except when this process was thought dead (session lost): then it may already have another owner.
   */
  onRevoked(topic: string, partition: number): Promise<void>;
}

export interface Queue {
  /**
   * Creates missing topics and verifies the others: partition count, `message.timestamp.type=LogAppendTime`,
   * `cleanup.policy=delete` and retention. A difference rejects with `TOPIC_MISMATCH`; nothing is altered.
   */
  ensureTopics(topics: TopicSpec[]): Promise<void>;
  /** Oldest offset held and next offset to be given, by partition in order. */
  offsets(topic: string): Promise<{ partition: number; low: number; high: number }[]>;
  /** The message at exactly this offset; undefined when none is held there. */
  readAt(topic: string, partition: number, offset: number): Promise<Message | undefined>;
  publisher(): Publisher;
  /**
   * Reads until aborted, and resolves only when no callback is under way and every partition was revoked.
   * Rebalances, lost sessions and broker restarts are ridden out. Rejects on what no waiting cures, such as
   * `OFFSET_HOLE`: offsets missing without proof.
   */
  subscribe(subscription: Subscription, signal: AbortSignal): Promise<void>;
  /** Tells lag tools that everything below `next` is done. A hint: positions never come from it. */
  commitHint(group: string, topic: string, partition: number, next: number): Promise<void>;
  /** Resolves when the queue can be used now. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** What went wrong and was ridden out, for the caller's log. Holds nothing personal. */
export interface Notice {
  level: 'warn' | 'error';
  text: string;
}
