// SPDX-License-Identifier: Apache-2.0
// For tests: a recorder on a real file queue, a real folder store and the shipped policy, in one temporary folder.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLedger, type Ledger, type Segment, verifySegment } from '@ashiato/ledger';
import { type ObjectStore, openObjectStore } from '@ashiato/objects';
import { compile } from '@ashiato/policy';
import { loadPolicies } from '@ashiato/policy/load';
import { openQueue, type Queue } from '@ashiato/queue';
import { TOPICS } from '@ashiato/schema';
import { Registry } from 'prom-client';
import { createRecorder, type RecorderDeps } from './recorder.ts';
import { createRecorderMetrics } from './recorder-metrics.ts';

const POLICIES = join(import.meta.dirname, '../../../packages/policy/policies/astmax-energy');
export const judge = compile(await loadPolicies(POLICIES));

export interface TestTrail {
  dir: string;
  queue: Queue;
  objects: ObjectStore;
  ledger: Ledger;
  /** Starts a recorder; `stop` ends it and waits, and rejects with what ended it before. */
  start(change?: Partial<RecorderDeps>): { stop(): Promise<void>; ended: Promise<void> };
  send(values: (string | Buffer | null)[], partition?: number, key?: string | null): Promise<void>;
  /** The chain of the access stream's partition, checked from its first segment to its last. */
  chain(partition?: number): Promise<Segment[]>;
  /** Resolves when every offset below `next` of the partition is committed. */
  committed(next: number, partition?: number): Promise<void>;
  close(): Promise<void>;
}

export async function openTestTrail({
  dir,
  partitions = 1,
}: {
  dir?: string;
  partitions?: number;
} = {}): Promise<TestTrail> {
  const folder = dir ?? mkdtempSync(join(tmpdir(), 'ashiato-recorder-'));
  const queue = openQueue(`file:${folder}/queue`);
  const objects = openObjectStore(`file:${folder}/objects`, {});
  const ledger = createLedger({ objects });
  await queue.ensureTopics([{ topic: TOPICS.access, partitions }]);
  const publisher = queue.publisher();

  return {
    dir: folder,
    queue,
    objects,
    ledger,
    start: change => startRecorder({ queue, ledger, ...change }),
    async send(values, partition = 0, key = null) {
      const messages = values.map(value => ({
        topic: TOPICS.access,
        partition,
        key,
        value: value === null ? Buffer.alloc(0) : Buffer.from(value as string),
      }));
      await publisher.publish(messages);
    },
    async chain(partition = 0) {
      const segments: Segment[] = [];
      let before: { to: number; sha256: string } | null = null;
      for await (const segment of ledger.walk('access', partition)) {
        const verified = verifySegment(segment, before);
        if (!('root' in verified)) throw new Error(`${verified.key}: ${verified.fault}`);
        before = { to: segment.header.to, sha256: segment.sha256 };
        segments.push(segment);
      }
      return segments;
    },
    async committed(next, partition = 0) {
      let from = 0;
      while (from < next) {
        const segment = await ledger.read('access', partition, from);
        if (segment) from = segment.header.to + 1;
        else await new Promise(resolve => setTimeout(resolve, 20));
      }
    },
    async close() {
      await publisher.close();
      await queue.close();
      await objects.close();
      if (!dir) rmSync(folder, { recursive: true, force: true });
    },
  };
}

function startRecorder(deps: Pick<RecorderDeps, 'queue' | 'ledger'> & Partial<RecorderDeps>) {
  const stopping = new AbortController();
  const silent = () => {};
  const recorder = createRecorder({
    judge,
    metrics: createRecorderMetrics(new Registry()),
    now: () => new Date(),
    identity: { recorder: 'test-recorder', evaluator: 'test', clusterId: null },
    timeLimits: { ahead: 300_000, behind: 30 * 86_400_000 },
    streams: [{ kind: 'access', stream: 'access', topic: TOPICS.access }],
    group: 'recorder',
    limits: { bytes: 1 << 20, records: 500, lingerMs: 30, idleLingerMs: 200 },
    beaconIntervalMs: 60_000,
    prepare: async () => {},
    rowsOf: () => undefined,
    roomForRows: async () => undefined,
    onCommitted: silent,
    log: { info: silent, warn: silent, error: silent },
    ...deps,
  });
  const ended = recorder.run(stopping.signal);
  ended.catch(() => {}); // the test looks at it through `stop` or `ended`
  return {
    ended,
    async stop() {
      stopping.abort();
      await ended;
    },
  };
}

/** A valid access event under the shipped policy: conforming, unless `data` says otherwise. */
export function accessEvent(
  id: string,
  more: { source?: string; sequence?: number; time?: string; data?: object } = {},
): string {
  const { source = '/services/billing/1', sequence, time = '2026-10-06T10:00:00+09:00', data = {} } = more;
  return JSON.stringify({
    specversion: '1.0',
    id,
    source,
    type: 'io.ashiato.access.v1',
    time,
    ...(sequence === undefined ? {} : { sequence: String(sequence), sourceepoch: '1' }),
    data: {
      actor: { id: 'E-1', type: 'user', org: 'own' },
      subject: { ref: 'K-1' },
      operation: 'use',
      fields: ['basic.name'],
      purpose: 'billing',
      business: 'electricity',
      refs: { contract: 'C-1' },
      ...data,
    },
  });
}
