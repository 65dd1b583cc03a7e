// SPDX-License-Identifier: Apache-2.0
// For tests and benchmarks: a company's trail on a folder store, judged by the real policy, with its log and key. What
// the notary does over time is done here at once, by the same parts.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createLedger,
  cutMembers,
  delivered,
  describeSegment,
  digestOf,
  formatIndex,
  indexKey,
  type Ledger,
  newRecordKey,
  type RecordDraft,
} from '@ashiato/ledger';
import { formatLeaf, type LogLeaf } from '@ashiato/ledger/proof';
import { type ObjectStore, openObjectStore } from '@ashiato/objects';
import { bundleText, compile, type Judge } from '@ashiato/policy';
import { loadPolicies, shippedPolicy } from '@ashiato/policy/load';
import { judgeEvent } from '@ashiato/policy/trail';
import { decode } from '@ashiato/schema';
import { emptyRoot } from '@ashiato/tlog';
import {
  createSigner,
  formatCheckpoint,
  formatNote,
  formatVkey,
  signText,
  type TreeHead,
} from '@ashiato/tlog/note';
import { appendEntries } from '@ashiato/tlog/tiles';
import type { ByteSource } from './verify/index.ts';

export const APPENDED_AT = Date.parse('2026-06-01T00:00:00Z');

export interface TestTrail {
  dir: string;
  objects: ObjectStore;
  ledger: Ledger;
  judge: Judge;
  vkey: string;
  /** Commits one segment; `appendedAt` is when its first record was appended, the others follow by a millisecond. */
  commit(messages: readonly string[], options?: { partition?: number; appendedAt?: number }): Promise<void>;
  /** Logs what was committed, signs, and gives the log as `createExtract` wants it. */
  log(): Promise<{ checkpoint: string; policy: string }>;
  close(): Promise<void>;
}

export async function openTestTrail(origin = 'log.example/trail', seed = 1): Promise<TestTrail> {
  const dir = mkdtempSync(join(tmpdir(), 'ashiato-extract-'));
  const objects = openObjectStore(`file:${join(dir, 'objects')}`, {});
  const ledger = createLedger({ objects });
  const judge = compile(await loadPolicies(shippedPolicy()));
  const signer = createSigner(origin, new Uint8Array(32).fill(seed));
  const pending: LogLeaf[] = [];
  const logged = new Set<string>();
  let head: TreeHead = { size: 0, root: emptyRoot() };

  async function commit(
    messages: readonly string[],
    options: { partition?: number; appendedAt?: number } = {},
  ) {
    const { partition = 0, appendedAt = APPENDED_AT } = options;
    const tip = await ledger.takeOver('access', partition);
    const keys = new Map<number, string>();
    const records = messages.map((message, i): RecordDraft => draftOf(message, tip.next + i, appendedAt + i));
    function draftOf(message: string, offset: number, at: number): RecordDraft {
      const bytes = Buffer.from(message);
      const decoded = decode('access', bytes);
      if (decoded.kind === 'unreadable') {
        const { problem } = decoded;
        return { kind: 'unreadable', offset, appendedAt: at, problem, bytes: bytes.length, encrypted: null };
      }
      const strays = new Set(decoded.strays.keys());
      const delivery = tip.sources.place(delivered(decoded.event, digestOf(decoded.text, strays), offset));
      const { text } = decoded;
      const plain = {
        kind: 'event',
        offset,
        appendedAt: at,
        verdict: judgeEvent(decoded, judge).json,
        delivery,
      } as const;
      if (strays.size === 0) return { ...plain, text, bytes: decoded.bytes };
      const key = newRecordKey();
      keys.set(offset, key.toString('base64'));
      return { ...plain, ...cutMembers(text, decoded.strays, key, `access.${partition}.${offset}`) };
    }
    const committed = await ledger.commit(tip, {
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
      createdAt: new Date(appendedAt),
      recorder: 'test',
      evaluator: 'test',
      keys,
    });
    if (committed === 'lost') throw new Error('nobody else commits here');
    const { leaf, index } = await describeSegment(committed.segment);
    await objects.create(indexKey('access', partition, leaf.from), await formatIndex(index));
    for (const bundle of judge.bundles) {
      if (logged.has(bundle.sha256)) continue;
      logged.add(bundle.sha256);
      await objects.create(`policies/${bundle.sha256}.json`, Buffer.from(bundleText(bundle)));
      pending.push({ format: leaf.format, kind: 'policy', sha256: bundle.sha256 });
    }
    pending.push(leaf);
  }

  return {
    dir,
    objects,
    ledger,
    judge,
    vkey: formatVkey(signer.key),
    commit,
    async log() {
      const store = {
        read: async (path: string) => (await objects.get(path))?.bytes,
        create: async (path: string, bytes: Uint8Array) =>
          (await objects.create(path, bytes)).outcome === 'created',
      };
      const entries = pending.splice(0).map(leaf => Buffer.from(formatLeaf(leaf)));
      head = await appendEntries(store, head, entries);
      const text = formatCheckpoint({ origin, ...head });
      const checkpoint = formatNote({ text, signatures: [signText(text, signer)] });
      return { checkpoint, policy: `log ${formatVkey(signer.key)}\nquorum none\n` };
    },
    async close() {
      await objects.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** Text of a conforming access event, but for what `data` says. */
export function eventText(id: string, data: object = {}, time = '2026-06-01T09:00:00+09:00'): string {
  return JSON.stringify({
    specversion: '1.0',
    id,
    source: '/services/desk/1',
    type: 'io.ashiato.access.v1',
    time,
    data: {
      actor: { id: 'E-100', type: 'user', org: 'sales', role: 'operator' },
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

export const bytesOf = (bytes: Uint8Array): ByteSource => ({
  size: bytes.length,
  read: async (from, to) => bytes.subarray(from, to),
});
