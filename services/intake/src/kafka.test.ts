// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startKafka } from '@ashiato/infra-local';
import { openQueue } from '@ashiato/queue';
import { expect, onTestFinished, test } from 'vitest';
import { event, makeTopics, startScene } from './intake.testing.ts';

const NDJSON = 'application/x-ndjson';

test('on Kafka: positions are where the bytes are, a lost broker is a 503 until it is back', {
  timeout: 240_000,
}, async () => {
  const dir = await mkdtemp(join(tmpdir(), 'ashiato-intake-kafka-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const kafka = await startKafka({ dir });
  onTestFinished(() => kafka.kill(0, 'SIGKILL'));
  const queue = openQueue(`kafka://${kafka.bootstrap}`);
  onTestFinished(() => queue.close());
  await makeTopics(queue, 3);
  const { send, bytesAt } = await startScene({ queue, publishTimeoutMs: 5000 });

  const lines = Array.from(
    { length: 200 },
    (_, i) => event({ id: `e-${i}`, source: `/desk/web-${i % 7}` }).spelled,
  );
  const { status, body } = await send(NDJSON, [...lines, 'noise'].join('\n'));
  expect({ status, accepted: body.accepted }).toEqual({ status: 400, accepted: 200 });
  expect(new Set(body.items.map(({ position }) => position!.partition)).size).toBe(3);
  for (const i of [0, 6, 7, 100, 199]) expect(await bytesAt(body.items[i]!)).toBe(lines[i]);
  expect(await bytesAt(body.items[200]!)).toBe('noise');

  await kafka.kill(0, 'SIGKILL');
  expect(await send(NDJSON, lines[0]!)).toMatchObject({ status: 503, body: { code: 'queue_not_writable' } });
  await kafka.restart(0);
  await expect.poll(async () => (await send(NDJSON, lines[0]!)).status, { timeout: 90_000 }).toBe(202);
});
