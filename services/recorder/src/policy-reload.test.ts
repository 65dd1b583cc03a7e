// SPDX-License-Identifier: Apache-2.0
// The policy changes while events come in: what judges them, and what the evidence says of it.
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { records } from '@ashiato/ledger';
import { type ObjectStore, ObjectsError } from '@ashiato/objects';
import { type LivePolicy, openLivePolicy, shippedPolicy } from '@ashiato/policy/load';
import { createLogger, createMetrics, loadConfig } from '@ashiato/runtime';
import type { EventLine } from '@ashiato/schema';
import { openWarehouse } from '@ashiato/warehouse';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { recorderConfig } from './config.ts';
import { accessEvent, openTestTrail, type TestTrail } from './recorder.testing.ts';
import { recorderParts } from './recorder-parts.ts';

let trail: TestTrail;
let folder: string;
let log: string[];
let policy: LivePolicy;
const logger = createLogger({ name: 'recorder', destination: { write: line => void log.push(line) } });
beforeEach(async () => {
  trail = await openTestTrail();
  folder = join(trail.dir, 'policy');
  cpSync(shippedPolicy(), folder, { recursive: true });
  log = [];
  policy = await openLivePolicy(folder, { log: logger });
});
afterEach(() => trail.close());

const until = (condition: () => boolean) => vi.waitUntil(condition, { timeout: 30_000, interval: 5 });
const logged = (text: string) => log.filter(line => line.includes(text)).length;

/** Refused by the shipped policy. */
const unlisted = (id: string) => accessEvent(id, { data: { purpose: 'selling_addresses' } });
const lines = async () => (await trail.chain()).flatMap(segment => [...records(segment)]) as EventLine[];
const judgement = ({ verdict }: EventLine) => [verdict!.outcome, verdict!.policy!.sha256];
const running = () => policy.judge.bundles[0]!.sha256;

function changeRules(change: (text: string) => string): void {
  const path = join(folder, '2024-04-01.rules.yaml');
  writeFileSync(path, change(readFileSync(join(shippedPolicy(), '2024-04-01.rules.yaml'), 'utf8')));
}
/** Unlisted purposes become undetermined. */
const milder = (text: string) =>
  text.replace(
    /(code: purpose_unlisted[\s\S]*?literal: )violation(\s+strict: )violation/,
    '$1undetermined$2undetermined',
  );

/** All parts of a recorder process, over an engine that never answers: evidence does not wait for it. */
function start(objects: ObjectStore) {
  const settings = loadConfig(recorderConfig, {
    ASHIATO_RECORDER_PARTITIONS: '1',
    ASHIATO_RECORDER_LINGER_MS: '20',
    ASHIATO_POLICY_POLL_MS: '50',
  });
  const { queue, ledger } = trail;
  const clickhouse = { url: 'http://127.0.0.1:9', username: 'default', password: '' };
  const warehouse = openWarehouse(clickhouse);
  const places = { objects: { url: `file:${trail.dir}/objects`, options: {} }, clickhouse };
  const metrics = createMetrics('recorder');
  const deps = { queue, objects, ledger, policy, warehouse, places, settings, metrics, logger };
  const { parts } = recorderParts(deps);
  const stop = new AbortController();
  const ended = Promise.all(parts.map(part => part.run?.(stop.signal)));
  return {
    metrics: async () => (await metrics.expose()).body,
    async stop() {
      stop.abort();
      await ended;
      await warehouse.close();
    },
  };
}

it('a broken folder changes nothing but the log; a changed one judges once it is evidence', async () => {
  const first = running();
  const ranAtPut: string[] = [];
  const recorder = start({
    ...trail.objects,
    async create(key, ...rest) {
      if (!key.startsWith('policies/')) return trail.objects.create(key, ...rest);
      if (ranAtPut.push(running()) === 2) throw new ObjectsError('UNREACHABLE', 'made to fail by the test');
      return trail.objects.create(key, ...rest);
    },
  });
  await trail.send([unlisted('a')]);
  await trail.committed(1);

  changeRules(text => text.replace('code: purpose_unlisted', 'code: [purpose_unlisted'));
  await until(() => logged('policy not reloaded') === 1);
  expect(log.find(line => line.includes('policy not reloaded'))).toMatch(
    /what ran before goes on judging.*2024-04-01\.rules\.yaml:\d+:\d+ /,
  );
  expect(await recorder.metrics()).toContain('ashiato_policy_reload_failed{service="recorder"} 1');
  await trail.send([unlisted('b')]);
  await trail.committed(2);

  changeRules(milder); // in order, and against the cases beside it
  await until(() => logged('come out otherwise than they say') === 1);
  await trail.send([unlisted('c')]);
  await trail.committed(3);
  rmSync(join(folder, 'cases'), { recursive: true });
  await until(() => logged('policy reloaded') === 1);
  await trail.send([unlisted('d'), unlisted('a')]);
  await trail.committed(5);
  const metrics = await recorder.metrics();
  await recorder.stop();

  const second = running();
  expect(second).not.toBe(first);
  expect((await lines()).map(judgement)).toEqual([
    ['violation', first],
    ['violation', first],
    ['violation', first],
    ['undetermined', second],
    ['undetermined', second],
  ]);
  expect((await lines())[4]!.delivery).toEqual({ kind: 'redelivery', first: 0 });
  expect(ranAtPut).toEqual([first, first, first]); // at the start, failed, and before it judged
  expect(await trail.objects.has(`policies/${second}.json`)).toBe(true);
  expect(logged('policy not reloaded')).toBe(3); // broken, against its cases, not stored
  expect(metrics).toContain('ashiato_policy_reload_failed{service="recorder"} 0');
  expect(metrics).toMatch(new RegExp(`ashiato_policy_running\\{[^}]*sha256="${second}"[^}]*\\} 1`));
  expect(metrics).not.toContain(first);
  const announced = new Set<unknown>();
  for await (const segment of trail.ledger.walk('control', 0)) {
    for (const line of records(segment)) {
      const { data } = (line as EventLine).event as { data?: { policy?: { sha256: string } } };
      if (data?.policy) announced.add(data.policy.sha256);
    }
  }
  expect([...announced]).toEqual([first, second]);
});

it('a segment that is open meanwhile names both, and each verdict its own', async () => {
  const first = running();
  let judged = 0;
  const judge = {
    ...policy.judge,
    evaluate: (event: unknown) => {
      judged++;
      return policy.judge.evaluate(event);
    },
  };
  const recorder = trail.start({
    judge,
    limits: { bytes: 1 << 20, records: 500, lingerMs: 600_000, idleLingerMs: 600_000 },
  });
  await trail.send([unlisted('a')]);
  await until(() => judged === 1);
  rmSync(join(folder, 'cases'), { recursive: true });
  changeRules(milder);
  expect(await policy.reload()).toBe('reloaded');
  await trail.send([unlisted('b')]);
  await until(() => judged === 2);
  await recorder.stop();
  const segments = await trail.chain();
  expect(segments.map(({ header }) => header.policies.map(({ sha256 }) => sha256))).toEqual([
    [first, running()],
  ]);
  expect((await lines()).map(judgement)).toEqual([
    ['violation', first],
    ['undetermined', running()],
  ]);
});
