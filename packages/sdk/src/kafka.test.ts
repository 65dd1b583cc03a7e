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

test('a broker killed with -9, or away for a whole run, delays and loses nothing', {
  timeout: 240_000,
}, async () => {
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
  // A service whose whole run falls into the outage: it starts, records and ends without ever seeing a broker.
  const unlucky = { source: '/test/unlucky', spoolDir: join(dir, 'unlucky'), queueUrl };
  const first = createTrail(unlucky);
  const kept = await Promise.all(Array.from({ length: 500 }, () => first.record(access())));
  expect(await first.close({ deadlineMs: 1 })).toEqual({ spooled: 500 });
  // Recording went on without the broker: what it has not acknowledged waits on this disk.
  expect(trail.status().spooled).toBeGreaterThan(900);
  await kafka.restart(0);
  expect(await trail.close({ deadlineMs: 120_000 })).toEqual({ spooled: 0 });

  const second = createTrail(unlucky);
  await second.start();
  expect(await second.close({ deadlineMs: 60_000 })).toEqual({ spooled: 0 });

  const arrived = await arrivedAt(reader);
  const from = (source: string, promised: Recorded[]) => {
    const own = arrived.filter(({ event }) => event.source === source);
    const lines = promised.map(({ epoch, sequence, id }) => `${epoch} ${sequence} ${id}`);
    const { faults, events } = account(own, new Set(lines));
    return { faults, events };
  };
  expect(from('/test/desk', recorded)).toEqual({ faults: [], events: 3000 });
  expect(from('/test/unlucky', kept)).toEqual({ faults: [], events: 500 });
});
