// SPDX-License-Identifier: Apache-2.0
// What a broker's answer for one partition means for its reader.
import { QueueError } from '../errors.ts';
import type { Fetched } from './fetch.ts';
import { heldOffsets } from './held-offsets.ts';
import type { Cluster } from './kafkajs-private.ts';
import type { PartitionReader } from './partition-reader.ts';

export interface Answers {
  /** Hands the answer to its reader; says what to report and try again, or rejects with what is final. */
  take(part: Fetched, readers: PartitionReader[]): Promise<string | undefined>;
}

/** A leader just elected may not know its end yet; after so many answers in a row we believe it. */
const BELIEVE_AFTER = 50;

const OFFSET_OUT_OF_RANGE = 1;
const TOPIC_AUTHORIZATION_FAILED = 29;

export function createAnswers(cluster: Cluster): Answers {
  const beyondEnd = new Map<PartitionReader, number>();

  async function outOfRange(reader: PartitionReader): Promise<string | undefined> {
    const { topic, partition } = reader;
    const [held] = await heldOffsets(cluster, topic, [partition]);
    if (held !== undefined && reader.wanted() < held.low) {
      reader.skipExpired(held.low, held.high);
      return undefined;
    }
    const times = (beyondEnd.get(reader) ?? 0) + 1;
    beyondEnd.set(reader, times);
    if (times < BELIEVE_AFTER || held === undefined) return `${topic}/${partition}: out of range`;
    throw new QueueError(
      'OFFSET_RANGE',
      `${topic}/${partition}: read up to offset ${reader.wanted()}, but the log now ends before ${held.high}; it was re-created or lost its end: use a new topic name for the new log`,
    );
  }

  return {
    async take(part, readers) {
      const { topic, partition, error } = part;
      const reader = readers.find(one => one.topic === topic && one.partition === partition);
      if (reader === undefined) return undefined;
      if (error === OFFSET_OUT_OF_RANGE) return outOfRange(reader);
      if (error === TOPIC_AUTHORIZATION_FAILED) {
        throw new QueueError(
          'REFUSED',
          `reading topic ${topic} is not allowed; grant the right and start again`,
        );
      }
      if (error !== 0) return `${topic}/${partition}: broker error ${error}`;
      beyondEnd.delete(reader);
      reader.offer(part);
      return undefined;
    },
  };
}
