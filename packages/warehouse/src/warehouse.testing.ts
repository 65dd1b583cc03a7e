// SPDX-License-Identifier: Apache-2.0
// For tests and benchmarks of this room: a real ClickHouse, a real ledger, and segments as the recorder makes them.
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startClickHouse } from '@ashiato/clickhouse-embedded';
import {
  createLedger,
  cutMembers,
  delivered,
  digestOf,
  encryptMember,
  type Ledger,
  newRecordKey,
  type RecordDraft,
  type Segment,
  type Tip,
} from '@ashiato/ledger';
import { type ObjectStore, openObjectStore } from '@ashiato/objects';
import { ACCESS_TYPE, type CommittedVerdict, decode, type Stream } from '@ashiato/schema';
import { openWarehouse, type Warehouse } from './open-warehouse.ts';

export const POLICY = { id: 'test-policy', version: '1', sha256: 'a'.repeat(64) };
export const SOURCE_SHA256 = 'b'.repeat(64);
/** 2026-05-31T14:00:00Z in milliseconds: an hour before midnight in Tokyo, ten before the month ends in UTC. */
export const EPOCH = Date.UTC(2026, 4, 31, 14);

export interface TestBench {
  url: string;
  password: string;
  dir: string;
  /** Migrated, in a database of its own. */
  newWarehouse(): Promise<Warehouse>;
  newLedger(): { ledger: Ledger; objects: ObjectStore; commit: Commit };
  /** kill -9; its supervisor starts it again at the same address. */
  killEngine(): void;
  stop(): Promise<void>;
}

export interface CommitOptions {
  stream?: Stream;
  partition?: number;
  appendedAt?: (offset: number) => number;
  verdict?: (offset: number) => CommittedVerdict | null;
}
export type Commit = (messages: readonly (string | Buffer)[], options?: CommitOptions) => Promise<Segment>;

export async function openTestBench(): Promise<TestBench> {
  const dir = mkdtempSync(join(tmpdir(), 'ashiato-warehouse-'));
  const password = randomUUID();
  const engine = await startClickHouse({
    dir: join(dir, 'clickhouse'),
    password,
    memoryLimitBytes: 4 * 2 ** 30,
  });
  const open: { close(): Promise<void> }[] = [];
  return {
    url: engine.url,
    password,
    dir,
    async newWarehouse() {
      const database = `t_${randomUUID().replaceAll('-', '')}`;
      const warehouse = openWarehouse({ url: engine.url, password, database });
      open.push(warehouse);
      await warehouse.migrate();
      return warehouse;
    },
    newLedger() {
      const objects = openObjectStore(`file:${join(dir, `objects-${randomUUID()}`)}`, {});
      open.push(objects);
      const ledger = createLedger({ objects });
      return { ledger, objects, commit: createCommit(ledger) };
    },
    killEngine() {
      const pid = engine.pid();
      if (pid === undefined) throw new Error('clickhouse is not running');
      process.kill(pid, 'SIGKILL');
    },
    async stop() {
      for (const one of open) await one.close();
      await engine.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

export function conforming(): CommittedVerdict {
  const findings = [
    { code: 'purpose_stated', clauses: ['C2-P02'], mode: 'both' as const, about: 'purpose' },
    { code: 'field_in_group', clauses: ['C3-G1', 'C2-P02'], mode: 'strict' as const, about: 'fields/0' },
  ];
  return { outcome: 'conforming', literal: 'conforming', strict: 'conforming', policy: POLICY, findings };
}

export function judged(
  literal: CommittedVerdict['literal'],
  strict: CommittedVerdict['strict'],
): CommittedVerdict {
  return { ...conforming(), outcome: strict, literal, strict };
}

/** An access event as text. Strings in `more.data` replace the defaults. */
export function accessEvent(
  id: string,
  more: { source?: string; sequence?: number; time?: string; data?: object } = {},
) {
  const { source = '/services/billing/1', sequence, time = '2026-05-31T23:00:00.123456+09:00', data } = more;
  return JSON.stringify({
    specversion: '1.0',
    id,
    source,
    type: ACCESS_TYPE,
    time,
    ...(sequence === undefined ? {} : { sequence: String(sequence), sourceepoch: '7' }),
    data: {
      actor: { id: 'E-100', type: 'user', org: 'sales', role: 'clerk' },
      subject: { ref: 'K-1' },
      operation: 'use',
      fields: ['basic.name', 'basic.address'],
      purpose: 'billing',
      refs: { contract: 'C-1', ticket: 'T-1' },
      ...data,
    },
  });
}

function createCommit(ledger: Ledger): Commit {
  const tips = new Map<string, Tip>();
  return async (messages, { stream = 'access', partition = 0, appendedAt, verdict = conforming } = {}) => {
    const place = `${stream}.${partition}`;
    const tip = tips.get(place) ?? (await ledger.takeOver(stream, partition));
    tips.set(place, tip);
    const keys = new Map<number, string>();
    const records = messages.map((message, i) => {
      const offset = tip.next + i;
      const at = appendedAt?.(offset) ?? EPOCH + offset;
      return draft(tip, Buffer.from(message as string), at, offset, keys, verdict);
    });
    const committed = await ledger.commit(tip, {
      records,
      gaps: [],
      policies: [{ ...POLICY, source_sha256: SOURCE_SHA256 }],
      sources: tip.sources.takeTouched(),
      clusterId: null,
      createdAt: new Date(EPOCH + 86_400_000),
      recorder: 'test',
      evaluator: 'test',
      keys,
    });
    if (committed === 'lost') throw new Error('two recorders on one partition of a test');
    return committed.segment;
  };
}

function draft(
  tip: Tip,
  bytes: Buffer,
  appendedAt: number,
  offset: number,
  keys: Map<number, string>,
  verdict: (offset: number) => CommittedVerdict | null,
): RecordDraft {
  const id = `${tip.stream}.${tip.partition}.${offset}`;
  const decoded = decode(tip.stream as Stream, bytes);
  const key = newRecordKey();
  if (decoded.kind === 'unreadable') {
    keys.set(offset, key.toString('base64'));
    const encrypted = encryptMember(key, id, '', bytes);
    return {
      kind: 'unreadable',
      offset,
      appendedAt,
      problem: decoded.problem,
      bytes: bytes.length,
      encrypted,
    };
  }
  const strays = new Set(decoded.strays.keys());
  const delivery = tip.sources.place(delivered(decoded.event, digestOf(decoded.text, strays), offset));
  const given = decoded.event.type === ACCESS_TYPE ? verdict(offset) : null;
  const plain = { kind: 'event' as const, offset, appendedAt, verdict: JSON.stringify(given), delivery };
  if (strays.size === 0) return { ...plain, text: decoded.text, bytes: decoded.bytes };
  keys.set(offset, key.toString('base64'));
  return { ...plain, ...cutMembers(decoded.text, decoded.strays, key, id) };
}
