// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dockerAnswers, kafkaContainer } from './containers.ts';
import type { StartedKafka } from './kafka.ts';
import { startKafka } from './kafka.ts';

export interface KafkaForTests {
  /** host:port,host:port */
  bootstrap: string;
  stop(): Promise<void>;
}

/**
 * The brokers of ASHIATO_TEST_KAFKA (host:port) when it is set, a container where a Docker engine answers, else
 * one started here; rejects when none is to be had.
 */
export async function kafkaForTests(): Promise<KafkaForTests> {
  const given = process.env.ASHIATO_TEST_KAFKA;
  if (given !== undefined && given !== '') return { bootstrap: given, stop: async () => undefined };
  if (await dockerAnswers()) {
    const { place, stop } = await kafkaContainer();
    return { ...place, stop };
  }
  return ownKafkaForTests();
}

/** A broker of the test's own, which it may kill; always started here. */
export async function ownKafkaForTests(): Promise<KafkaForTests & { own: StartedKafka }> {
  const dir = await mkdtemp(join(tmpdir(), 'ashiato-kafka-'));
  const own = await startKafka({ dir });
  return {
    bootstrap: own.bootstrap,
    own,
    async stop() {
      await own.kill(0, 'SIGKILL');
      await rm(dir, { recursive: true, force: true });
    },
  };
}
