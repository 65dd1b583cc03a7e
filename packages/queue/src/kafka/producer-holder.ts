// SPDX-License-Identifier: Apache-2.0
// The kafkajs producer in use, and its replacement when it no longer gets through.
import { Partitioners, type Producer } from 'kafkajs';
import { QueueError } from '../errors.ts';
import type { Notice } from '../queue.ts';
import { pause } from '../signal.ts';
import { kindOf } from './broker-errors.ts';
import type { KafkaClient } from './kafka-client.ts';

export interface ProducerHolder {
  /** A connected producer; waits until there is one. */
  take(): Promise<Producer>;
  /** This one failed: the next take() gives another, with the brokers in another order. */
  replace(failed: Producer): Promise<void>;
  close(): Promise<void>;
}

const BACKOFF_MS = 200;

export function createProducerHolder(client: KafkaClient, report: (notice: Notice) => void): ProducerHolder {
  const closing = new AbortController();
  let current: Promise<Producer> | undefined;

  async function connect(): Promise<Producer> {
    for (let attempt = 0; !closing.signal.aborted; attempt++) {
      const producer = client.kafka(attempt === 0 ? client.brokers : shuffle(client.brokers)).producer({
        createPartitioner: Partitioners.DefaultPartitioner,
        idempotent: true,
        maxInFlightRequests: 1,
        allowAutoTopicCreation: false,
        metadataMaxAge: 2000,
        retry: {
          initialRetryTime: 100,
          maxRetryTime: 1000,
          factor: 0.2,
          multiplier: 2,
          retries: Number.MAX_SAFE_INTEGER,
        },
      });
      try {
        await producer.connect();
        return producer;
      } catch (cause) {
        report({ level: 'warn', text: `connecting a producer: ${kindOf(cause)}, trying again` });
        await drop(producer);
        await pause(BACKOFF_MS, closing.signal);
      }
    }
    throw new QueueError('CLOSED', 'the publisher was closed while it looked for a broker');
  }

  async function drop(producer: Producer): Promise<void> {
    await producer.disconnect().catch(cause => {
      report({ level: 'warn', text: `closing a producer: ${kindOf(cause)}` });
    });
  }

  return {
    take() {
      current ??= connect();
      return current;
    },
    async replace(failed) {
      if (current !== undefined && (await current) === failed) {
        current = undefined;
        // Not awaited: a frozen broker may keep it for as long as it is frozen.
        void drop(failed);
      }
      await pause(BACKOFF_MS, closing.signal);
    },
    async close() {
      closing.abort();
      const producer = await current?.catch(() => undefined);
      if (producer !== undefined) await drop(producer);
    },
  };
}

function shuffle<T>(list: T[]): T[] {
  return list
    .map(value => ({ value, rank: Math.random() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ value }) => value);
}
