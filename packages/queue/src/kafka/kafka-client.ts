// SPDX-License-Identifier: Apache-2.0
// How we talk to brokers: one set of patience for all of it.
import { Kafka, type logCreator, logLevel } from 'kafkajs';
import type { Settings } from '../options.ts';
import { type Cluster, createCluster } from './kafkajs-private.ts';

export interface KafkaClient {
  /** kafkajs by its public door: admin and producers. `brokers` may be given in another order. */
  kafka(brokers?: string[]): Kafka;
  /** Connections of their own for reading and group membership. */
  cluster(): Cluster;
  brokers: string[];
}

const CLIENT_ID = 'ashiato';

export function createKafkaClient(brokers: string[], settings: Settings): KafkaClient {
  const patience = {
    clientId: CLIENT_ID,
    connectionTimeout: 1000,
    requestTimeout: 3000,
    ...(settings.ssl === undefined ? {} : { ssl: settings.ssl }),
    ...(settings.sasl === undefined ? {} : { sasl: settings.sasl }),
  };
  // Stated in full: kafkajs takes other defaults when it believes it is being tested.
  const retry = { initialRetryTime: 100, maxRetryTime: 1000, factor: 0.2, multiplier: 2, retries: 5 };
  const creator: logCreator =
    () =>
    ({ namespace, level, log }) => {
      const error = typeof log.error === 'string' ? `: ${log.error}` : '';
      const text = `kafkajs ${namespace}: ${log.message}${error}`;
      settings.report({ level: level === logLevel.ERROR ? 'error' : 'warn', text });
    };
  return {
    brokers,
    kafka: (order = brokers) =>
      new Kafka({ ...patience, brokers: order, retry, logLevel: logLevel.WARN, logCreator: creator }),
    cluster: () =>
      createCluster({ ...patience, brokers, retry, metadataMaxAge: 60_000, logCreator: creator }),
  };
}
