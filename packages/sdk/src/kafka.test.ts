// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import { startKafka } from '@ashiato/infra-local';
import { openQueue } from '@ashiato/queue';
import { TOPICS } from '@ashiato/schema';
import { expect, onTestFinished, test } from 'vitest';
import { account, arrivedAt } from './delivered.testing.ts';
import type { Recorded } from './record-access.ts';
import { access } from './sample-access.testing.ts';
import { tempFolder } from './temp-folder.testing.ts';
import { createTrail } from './trail.ts';

test('a broker killed with -9 delays and loses nothing', { timeout: 240_000 }, async () => {
  const dir = await tempFolder();
  const kafka = await startKafka({ dir: join(dir, 'kafka') });
  onTestFinished(() => kafka.kill(0, 'SIGKILL'));
  const queueUrl = `kafka://${kafka.bootstrap}`;
  const reader = openQueue(queueUrl);
  onTestFinished(() => reader.close());
  await reader.ensureTopics([{ topic: TOPICS.access, partitions: 3 }]);

  const trail = createTrail({ source: '/test/desk', spoolDir: join(dir, 'spool'), queueUrl });
  const recorded: Recorded[] = [];
  const some = async () => {
    for (let i = 0; i < 10; i++) {
      recorded.push(...(await Promise.all(Array.from({ length: 100 }, () => trail.record(access())))));
    }
  };
  await some();
  await Promise.all([some(), kafka.kill(0, 'SIGKILL')]);
  await some();
  // Recording went on without the broker: what it has not acknowledged waits on this disk.
  expect(trail.status().spooled).toBeGreaterThan(900);
  await kafka.restart(0);
  expect(await trail.close({ deadlineMs: 120_000 })).toEqual({ spooled: 0 });

  const arrived = await arrivedAt(reader);
  const promised = new Set(recorded.map(({ epoch, sequence, id }) => `${epoch} ${sequence} ${id}`));
  const { faults, events } = account(arrived, promised);
  expect({ faults, events }).toEqual({ faults: [], events: 3000 });
});
