// SPDX-License-Identifier: Apache-2.0

import { createServer } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { healthPart } from './health-part.ts';
import { createMetrics } from './metrics.ts';

let ready = true;
let base: string;
let stop: AbortController;
let ended: Promise<void> | undefined;

beforeEach(async () => {
  const port = await new Promise<number>(done => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port: free } = server.address() as { port: number };
      server.close(() => done(free));
    });
  });
  base = `http://127.0.0.1:${port}`;
  stop = new AbortController();
  ended = healthPart(
    { host: '127.0.0.1', port },
    { metrics: createMetrics('test'), ready: () => ready },
  ).run?.(stop.signal);
  while (!(await fetch(`${base}/healthz`).catch(() => undefined))?.ok);
});
afterEach(async () => {
  stop.abort();
  await ended;
});

it('says whether it can commit, and how far it is', async () => {
  expect((await fetch(`${base}/readyz`)).status).toBe(200);
  ready = false;
  expect((await fetch(`${base}/readyz`)).status).toBe(503);
  expect(await (await fetch(`${base}/metrics`)).text()).toContain('ashiato_process_cpu_seconds_total');
  expect((await fetch(`${base}/v1/records`)).status).toBe(404);
  expect((await fetch(`${base}/metrics`, { method: 'POST' })).status).toBe(404);
});
