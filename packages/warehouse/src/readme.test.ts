// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createProjection, createReports, openWarehouse } from './index.ts';
import { accessEvent, openTestBench, type TestBench } from './warehouse.testing.ts';

let bench: TestBench;
beforeAll(async () => {
  bench = await openTestBench();
});
afterAll(() => bench.stop());

test('the snippets of the README are code that runs here', async () => {
  const { url, password } = bench;
  const { ledger, commit } = bench.newLedger();
  await commit([accessEvent('e-1')]);
  const stop = new AbortController();
  const warehouse = openWarehouse({ url, password });
  await warehouse.migrate();
  const projection = createProjection({ warehouse, ledger, streams: ['access', 'context', 'control'] });
  const running = projection.run(stop.signal);
  await vi.waitUntil(() => projection.status()[0]?.projected_to === 0, { timeout: 30_000 });
  const rows = await createReports(warehouse).usage({
    by: ['purpose', 'field'],
    from: '2026-05-01T00:00:00+09:00',
  });
  expect(rows.map(({ purpose, count }) => [purpose, count])).toEqual([
    ['billing', 1],
    ['billing', 1],
  ]);
  stop.abort();
  await running;
  await warehouse.close();
  const squeezed = (text: string) => text.replaceAll(/\s+/g, '');
  const here = squeezed(readFileSync(new URL(import.meta.url), 'utf8'));
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const snippets = [...readme.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code]) => code!);
  expect(snippets).toHaveLength(2);
  for (const snippet of snippets) expect(here).toContain(squeezed(snippet));
});
