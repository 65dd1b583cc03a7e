// SPDX-License-Identifier: Apache-2.0
// The connection a queue asks its questions on, and the patience it asks them with.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin } from 'kafkajs';
import { QueueError } from '../errors.ts';
import { brokerError } from './broker-errors.ts';
import type { KafkaClient } from './kafka-client.ts';
import type { Cluster } from './kafkajs-private.ts';

export interface Brokers {
  admin: Admin;
  cluster: Cluster;
}

export interface KafkaConnection {
  /** Asks, again on fresh metadata when no broker answered (leaders move); rejects with a QueueError. */
  ask<T>(doing: string, question: (brokers: Brokers) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

const ATTEMPTS = 5;

/** Connects on the first question. */
export function createKafkaConnection(client: KafkaClient): KafkaConnection {
  let connecting: Promise<Brokers> | undefined;
  let closed = false;

  function connected(): Promise<Brokers> {
    if (closed) return Promise.reject(new QueueError('CLOSED', 'the queue was closed'));
    connecting ??= connect().catch(cause => {
      connecting = undefined;
      throw brokerError(`connecting to ${client.brokers.join(',')}`, cause);
    });
    return connecting;
  }

  async function connect(): Promise<Brokers> {
    const brokers = { admin: client.kafka().admin(), cluster: client.cluster() };
    await brokers.admin.connect();
    await brokers.cluster.connect();
    return brokers;
  }

  return {
    async ask(doing, question) {
      const brokers = await connected();
      for (let attempt = 1; ; attempt++) {
        try {
          return await question(brokers);
        } catch (cause) {
          const error = brokerError(doing, cause);
          if (attempt === ATTEMPTS || error.code !== 'UNREACHABLE') throw error;
          await sleep(200 * attempt);
          // If this fails too, the next attempt says why.
          await brokers.cluster.refreshMetadata().catch(() => undefined);
        }
      }
    },
    async close() {
      closed = true;
      const brokers = await connecting?.catch(() => undefined);
      await brokers?.admin.disconnect();
      await brokers?.cluster.disconnect();
    },
  };
}
