// SPDX-License-Identifier: Apache-2.0
// The service on loopback over a real ClickHouse, ledger, policy and tokens, for tests of this room.
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSignIns, createTokens, type Role, type SignIns } from '@ashiato/auth';
import { startClickHouse } from '@ashiato/clickhouse-embedded';
import { createCompleteness } from '@ashiato/completeness';
import {
  createLedger,
  cutMembers,
  delivered,
  digestOf,
  type Ledger,
  newRecordKey,
  type RecordDraft,
} from '@ashiato/ledger';
import { createLog } from '@ashiato/ledger/log';
import { type ObjectStore, openObjectStore } from '@ashiato/objects';
import { compile, type Judge, verdictJson } from '@ashiato/policy';
import { loadPolicies, shippedPolicy } from '@ashiato/policy/load';
import { sourceRegister } from '@ashiato/policy/registers';
import { createLogger, createMetrics } from '@ashiato/runtime';
import { decode } from '@ashiato/schema';
import { createReports, openWarehouse, rebuild, type Warehouse } from '@ashiato/warehouse';
import fastify from 'fastify';
import { createApi } from './api.ts';
import type { ApiDeps, TrailRead } from './api-deps.ts';
import { createExtractJobs } from './extract-jobs.ts';
import { createSentences } from './sentences.ts';

export interface Answered {
  status: number;
  headers: Headers;
  text: string;
  body: Record<string, unknown>;
}

export interface Scene {
  url: string;
  deps: ApiDeps;
  objects: ObjectStore;
  dir: string;
  reads: TrailRead[];
  /** All log lines so far: ours and the server's own. */
  logged(): string;
  signIns: SignIns;
  token: Record<Role, string>;
  ask(path: string, options?: RequestInit & { role?: Role }): Promise<Answered>;
  /** The same data behind other deps. */
  variant(deps: Partial<ApiDeps>): Promise<Pick<Scene, 'ask' | 'url'>>;
  stop(): Promise<void>;
}

const EVENTS_AT = Date.UTC(2026, 4, 31, 14);

export function accessEvent(id: string, data: object = {}): string {
  return JSON.stringify({
    specversion: '1.0',
    id,
    source: '/services/desk/1',
    type: 'io.ashiato.access.v1',
    time: '2026-06-02T10:00:00+09:00',
    data: {
      actor: { id: 'E-100', type: 'user', org: 'sales' },
      subject: { ref: 'K-77' },
      operation: 'use',
      fields: ['basic.name'],
      purpose: 'billing',
      business: 'electricity',
      refs: { contract: 'C-1' },
      ...data,
    },
  });
}

export async function openScene(messages: readonly string[]): Promise<Scene> {
  const dir = mkdtempSync(join(tmpdir(), 'ashiato-api-'));
  const password = randomUUID();
  const engine = await startClickHouse({
    dir: join(dir, 'clickhouse'),
    password,
    memoryLimitBytes: 2 * 2 ** 30,
  });
  const warehouse = openWarehouse({ url: engine.url, password });
  const objects = openObjectStore(`file:${join(dir, 'objects')}`, {});
  const ledger = createLedger({ objects });
  const judge = compile(await loadPolicies(shippedPolicy()));
  await commit(ledger, judge, messages);
  await rebuild({ warehouse, ledger, streams: ['access'] });
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  const logger = createLogger({ name: 'api', destination });
  const reads: TrailRead[] = [];
  const tokens = createTokens(join(dir, 'tokens'));
  const signIns = createSignIns();
  const deps = (): ApiDeps => ({
    warehouse,
    reports: createReports(warehouse),
    ledger,
    log: createLog({ objects }),
    extracts: createExtractJobs({
      objects,
      ledger,
      log: createLog({ objects }),
      dir: join(dir, 'under-way'),
      logger,
    }),
    judge,
    completeness: createCompleteness(() => ({
      ledger,
      objects,
      register: sourceRegister(judge.bundles.at(-1)!),
    })),
    tokens,
    signIns,
    sentences: createSentences({ judge, objects, logger }),
    recordRead: async read => void reads.push(read),
    metrics: createMetrics('api'),
    logger,
  });
  const token = Object.fromEntries(
    (['viewer', 'investigator', 'emitter', 'admin', 'regulator'] as const).map(role => [
      role,
      tokens.issue({ role, label: 'test' }).token,
    ]),
  ) as Record<Role, string>;
  const close: (() => Promise<unknown>)[] = [];
  const serve = async (given: ApiDeps) => {
    const app = fastify({ logger: { level: 'info', stream: destination } });
    await app.register(createApi(given));
    const url = await app.listen({ host: '127.0.0.1', port: 0 });
    close.unshift(() => app.close());
    return { url, ask: createAsk(url, token) };
  };
  const first = deps();
  return {
    ...(await serve(first)),
    deps: first,
    objects,
    dir,
    reads,
    logged: () => lines.join(''),
    signIns,
    token,
    variant: changed => serve({ ...deps(), ...changed }),
    async stop() {
      for (const end of close) await end();
      await warehouse.close();
      await objects.close();
      await engine.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

function createAsk(url: string, token: Record<Role, string>): Scene['ask'] {
  return async (path, { role = 'admin', ...options } = {}) => {
    const headers = new Headers(options.headers);
    if (!headers.has('authorization') && !headers.has('cookie')) {
      headers.set('authorization', `Bearer ${token[role]}`);
    }
    const response = await fetch(url + path, { ...options, headers });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json');
    return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : {} };
  };
}

/** Commits one segment with the verdicts of the real judge. */
async function commit(ledger: Ledger, judge: Judge, messages: readonly string[]): Promise<void> {
  const tip = await ledger.takeOver('access', 0);
  const keys = new Map<number, string>();
  const records = messages.map((message, offset): RecordDraft => {
    const appendedAt = EVENTS_AT + offset;
    const decoded = decode('access', Buffer.from(message));
    if (decoded.kind === 'unreadable') {
      const { problem } = decoded;
      return { kind: 'unreadable', offset, appendedAt, problem, bytes: message.length, encrypted: null };
    }
    const strays = new Set(decoded.strays.keys());
    const delivery = tip.sources.place(delivered(decoded.event, digestOf(decoded.text, strays), offset));
    const verdict = verdictJson(judge.evaluate(decoded.event), 'committed');
    const plain = { kind: 'event' as const, offset, appendedAt, verdict, delivery };
    if (strays.size === 0) return { ...plain, text: decoded.text, bytes: decoded.bytes };
    const key = newRecordKey();
    keys.set(offset, key.toString('base64'));
    return { ...plain, ...cutMembers(decoded.text, decoded.strays, key, `access.0.${offset}`) };
  });
  await ledger.commit(tip, {
    records,
    gaps: [],
    policies: judge.bundles.map(({ id, version, sha256, source_sha256 }) => ({
      id,
      version,
      sha256,
      source_sha256,
    })),
    sources: tip.sources.takeTouched(),
    clusterId: null,
    createdAt: new Date(EVENTS_AT),
    recorder: 'test',
    evaluator: 'test',
    keys,
  });
}

/** A warehouse at a port of loopback where nobody listens. */
export function deafWarehouse(): Warehouse {
  return openWarehouse({ url: 'http://127.0.0.1:9' });
}
