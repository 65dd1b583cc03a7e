// SPDX-License-Identifier: Apache-2.0
// Three brokers, leaders killed (-9) under load: what was acknowledged is there. ASHIATO_TEST_KILLS says how
// many kills (2 by default; run 20 or more before a release or a change of client).
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type StartedKafka, startKafka } from '@ashiato/infra-local';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openQueue } from '../open-queue.ts';
import { readAll, text } from '../testing/read-messages.ts';
import { startLoad } from '../testing/start-load.ts';

const KILLS = Number(process.env.ASHIATO_TEST_KILLS ?? '2');
const PARTITIONS = 6;
let dir: string;
let cluster: StartedKafka;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'ashiato-cluster-'));
  cluster = await startKafka({ dir, brokers: 3 });
});
afterAll(async () => {
  await cluster?.stop();
  await rm(dir, { recursive: true, force: true });
});

it(
  `keeps every acknowledged message through ${KILLS} kills of a broker that leads partitions`,
  async () => {
    const queue = openQueue(`kafka://${cluster.bootstrap}`, { replicationFactor: 3 });
    await queue.ensureTopics([{ topic: 'kept', partitions: PARTITIONS }]);
    const load = startLoad(queue, 'kept', PARTITIONS);
    // All brokers lead partitions at first; each is killed in turn and comes back before the next.
    for (let kill = 0; kill < KILLS; kill++) {
      await moreAcknowledged(load.acknowledged, 1000);
      await cluster.kill(kill % 3, 'SIGKILL');
      await moreAcknowledged(load.acknowledged, 1000);
      await cluster.restart(kill % 3);
    }
    await moreAcknowledged(load.acknowledged, 1000);
    await load.stop();
    const stored = (await readAll(queue, 'kept')).messages.map(({ value }) => text(value));
    const held = new Set(stored);
    const lost = load.acknowledged.filter(value => !held.has(value));
    process.stderr.write(
      `${KILLS} kills: ${load.acknowledged.length} acknowledged, ${lost.length} lost, ${stored.length - held.size} doubled\n`,
    );
    expect(lost).toEqual([]);
    // Negative control: the comparison does find what is not there.
    expect(held.has('0:-1:0')).toBe(false);
    await queue.close();
  },
  60_000 + KILLS * 60_000,
);

async function moreAcknowledged(acknowledged: string[], more: number): Promise<void> {
  const before = acknowledged.length;
  await expect.poll(() => acknowledged.length, { timeout: 50_000 }).toBeGreaterThan(before + more);
}
