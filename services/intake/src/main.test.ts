// SPDX-License-Identifier: Apache-2.0
// The process as operators run it.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { openQueue } from '@ashiato/queue';
import { TOPICS } from '@ashiato/schema';
import { expect, onTestFinished, test } from 'vitest';
import { event, makeTopics, startScene } from './intake.testing.ts';

function startProcess(env: Record<string, string>): ChildProcess {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'inherit', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

async function addressOf(child: ChildProcess): Promise<string> {
  for await (const line of createInterface({ input: child.stderr! })) {
    // Node's own warnings stand between our lines.
    if (!line.startsWith('{')) continue;
    const { address } = JSON.parse(line) as { address?: string };
    if (address !== undefined) return address;
  }
  throw new Error('the process ended before it listened');
}

test('it listens, takes an event, shows metrics, and ends on SIGTERM with the event durable', async () => {
  const { dir, token } = await startScene();
  const url = `file:${join(dir, 'own')}`;
  const before = openQueue(url);
  await makeTopics(before);
  await before.close();
  const child = startProcess({
    ASHIATO_LISTEN: '127.0.0.1:0',
    ASHIATO_DATA_DIR: dir,
    ASHIATO_QUEUE_URL: url,
  });
  const address = await addressOf(child);
  const bearer = (text: string) => ({ authorization: `Bearer ${text}` });
  expect((await fetch(`${address}/readyz`)).status).toBe(200);
  const sent = await fetch(`${address}/v1/events`, {
    method: 'POST',
    headers: { ...bearer(token.emitter), 'content-type': 'application/cloudevents+json' },
    body: event().text,
  });
  expect(sent.status).toBe(202);
  expect((await fetch(`${address}/v1/events`, { method: 'POST' })).status).toBe(401);
  expect((await fetch(`${address}/metrics`)).status).toBe(401);
  const metrics = await (await fetch(`${address}/metrics`, { headers: bearer(token.viewer) })).text();
  expect(metrics).toContain('ashiato_intake_events_total{outcome="accepted",service="intake"} 1');
  expect(metrics).toContain('ashiato_intake_refusals_total{code="token_missing",service="intake"} 1');

  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
  const after = openQueue(url);
  onTestFinished(() => after.close());
  expect((await after.offsets(TOPICS.access))[0]!.high).toBe(1);
});

test('a queue of files that is in use, and a wrong setting, end it with the reason', async () => {
  const { dir } = await startScene();
  const child = startProcess({ ASHIATO_LISTEN: '127.0.0.1:0', ASHIATO_DATA_DIR: dir });
  const said: Buffer[] = [];
  child.stderr!.on('data', bytes => said.push(bytes));
  expect(await once(child, 'exit')).toEqual([1, null]);
  expect(Buffer.concat(said).toString()).toContain('is in use by process');
  const misspelt = startProcess({ ASHIATO_DATA_DIR: dir, ASHIATO_QUEUE_URI: 'x' });
  expect(await once(misspelt, 'exit')).toEqual([2, null]);
});
