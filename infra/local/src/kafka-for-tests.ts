// SPDX-License-Identifier: Apache-2.0
// Which Kafka the tests run on.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type StartedKafka, startKafka } from './kafka.ts';

export interface KafkaForTests {
  /** host:port,host:port */
  bootstrap: string;
  /** The brokers we started, which tests may kill; undefined when the environment named others. */
  own: StartedKafka | undefined;
  stop(): Promise<void>;
}

/** The brokers of ASHIATO_TEST_KAFKA (host:port) when it is set, else one started here; rejects when neither is to be had. */
export async function kafkaForTests(): Promise<KafkaForTests> {
  const given = process.env.ASHIATO_TEST_KAFKA;
  if (given !== undefined && given !== '')
    return { bootstrap: given, own: undefined, stop: async () => undefined };
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
