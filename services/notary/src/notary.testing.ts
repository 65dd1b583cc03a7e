// SPDX-License-Identifier: Apache-2.0
// For tests: a trail with segments in a folder, notaries over it, and a check of all that a log promises.
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLedger, type SegmentDraft, type Tip } from '@ashiato/ledger';
import { afterEntries, createLog, emptyHead, type LogHead } from '@ashiato/ledger/log';
import { type ObjectStore, openObjectStore } from '@ashiato/objects';
import { createMetrics } from '@ashiato/runtime';
import { fromHex, toHex } from '@ashiato/tlog';
import { createSigner, openCheckpoint, parseCheckpoint, type Signer } from '@ashiato/tlog/note';
import { createTileReader } from '@ashiato/tlog/tiles';
import { createNotary, type NotaryDeps } from './notary.ts';
import { createNotaryMetrics } from './notary-metrics.ts';

export const testSigner = createSigner('log.example/test', new Uint8Array(32).fill(7));
const POLICY = 'a'.repeat(64);

/** Commits `count` segments of one record each to a partition, in a folder or in an open store. */
export async function commitSegments(
  place: string | ObjectStore,
  partition: number,
  count: number,
): Promise<void> {
  const objects = typeof place === 'string' ? openObjectStore(`file:${place}`, {}) : place;
  const ledger = createLedger({ objects });
  const tip = await ledger.takeOver('access', partition);
  for (let i = 0; i < count; i++) {
    if ((await ledger.commit(tip, draftAt(tip))) === 'lost') throw new Error('nobody else commits here');
  }
  if (typeof place === 'string') await objects.close();
}

const draftAt = ({ next }: Tip): SegmentDraft => ({
  records: [{ kind: 'unreadable', offset: next, appendedAt: 1, problem: 'empty', bytes: 0, encrypted: null }],
  gaps: [],
  policies: [{ id: 'p', version: '1', sha256: POLICY, source_sha256: POLICY }],
  sources: [],
  clusterId: null,
  createdAt: new Date(),
  recorder: 'test',
  evaluator: 'test',
  keys: new Map(),
});

/** Writes down what it signs before it signs, one JSON string a line. */
export const signerThatTells = (dir: string): Signer => ({
  key: testSigner.key,
  sign(message) {
    appendFileSync(join(dir, '..', 'signed.jsonl'), `${JSON.stringify(Buffer.from(message).toString())}\n`);
    return testSigner.sign(message);
  },
});

export function notaryOn(objects: ObjectStore, more: Partial<NotaryDeps> = {}) {
  return createNotary({
    log: createLog({ objects }),
    ledger: createLedger({ objects }),
    objects,
    signer: testSigner,
    witnesses: undefined,
    stamp: undefined,
    intervalMs: 20,
    metrics: createNotaryMetrics(createMetrics('notary')),
    report: { info() {}, warn() {} },
    ...more,
  });
}

/**
 * Holds the log against its promises: every batch, entry, tile and head follows from the one before; every checkpoint is
 * signed and of a committed head; no two signed texts (where `signed.jsonl` stands beside `dir`) disagree.
 */
export async function checkLog(dir: string): Promise<{ head: LogHead; checkpoint: number; signed: number }> {
  const objects = openObjectStore(`file:${dir}`, {});
  try {
    const log = createLog({ objects });
    const head = await log.head();
    const roots = new Map<number, string>();
    let at = emptyHead();
    for (let batch = await log.entriesAfter(0); batch; batch = await log.entriesAfter(at.size)) {
      const { places, policies } = afterEntries(at, batch);
      const next = await log.headAt(at.size + batch.length);
      const reader = createTileReader(log.tiles, { size: next.size, root: fromHex(next.root)! });
      const entries = await all(reader.entries(at.size, next.size));
      if (entries.some((entry, i) => Buffer.from(entry).toString() !== batch[i]))
        throw new Error('other entries');
      if (JSON.stringify([places, policies]) !== JSON.stringify([next.places, next.policies]))
        throw new Error(`the head of ${next.size} does not follow`);
      roots.set(next.size, next.root);
      at = next;
    }
    if (at.size !== head.size) throw new Error(`batches reach ${at.size}, heads ${head.size}`);
    const reader = createTileReader(log.tiles, { size: head.size, root: fromHex(head.root)! });
    await all(reader.entries(0, head.size));
    let checkpoint = 0;
    for await (const { key } of objects.list('log/checkpoints/')) {
      const note = Buffer.from((await objects.get(key))!.bytes).toString();
      const opened = openCheckpoint(note, { origin: testSigner.key.name, logs: [testSigner.key] });
      if (opened.outcome !== 'verified') throw new Error(`${key} is ${opened.outcome}`);
      checkpoint = opened.checkpoint.size;
      if (roots.get(checkpoint) !== toHex(opened.checkpoint.root))
        throw new Error(`${key} is of no committed head`);
    }
    return { head, checkpoint, signed: signedHeads(dir, roots) };
  } finally {
    await objects.close();
  }
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

function signedHeads(dir: string, roots: ReadonlyMap<number, string>): number {
  const lines = readFileSync(join(dir, '..', 'signed.jsonl'), { encoding: 'utf8', flag: 'a+' }).split('\n');
  const texts = new Set(lines.filter(line => line !== '').map(line => JSON.parse(line) as string));
  for (const text of texts) {
    const signed = parseCheckpoint(text);
    if (signed instanceof Error) throw signed;
    if (roots.get(signed.size) !== toHex(signed.root))
      throw new Error(`signed what is not committed: ${text}`);
  }
  return texts.size;
}
