// SPDX-License-Identifier: Apache-2.0
// The log of a trail in its object store: one entry per segment, as C2SP tiles. Every object is create-only and follows
// from those before it, so dying anywhere is mended by doing the same again, and two notaries write the same (EVIDENCE 2b).
import type { ObjectStore } from '@ashiato/objects';
import { fromHex, toHex } from '@ashiato/tlog';
import { appendEntries, type TileStore } from '@ashiato/tlog/tiles';
import { z } from 'zod';
import { LedgerError } from '../errors.ts';
import { DEFAULT_RETENTION_MS } from '../ledger.ts';
import type { LogLeaf } from '../proof/index.ts';
import { segmentKey } from '../segment.ts';
import { afterEntries, emptyHead, HEAD_FORMAT, type LogHead, logHead } from './log-head.ts';
import { newestNumber, numberedKey } from './numbered.ts';

const BATCH_FORMAT = 'ashiato.batch.v1';
const BATCHES = 'log/batches';
const HEADS = 'log/heads';
const CHECKPOINTS = 'log/checkpoints';
const STAMPS = 'log/stamps';
const VKEY = 'log/log.vkey';

const logBatch = z.strictObject({
  format: z.literal(BATCH_FORMAT),
  size: z.number().int().min(0).describe('of the tree that these entries follow'),
  entries: z.array(z.string()).min(1),
});

export interface Log {
  /** The newest committed head; of the empty log when there is none. */
  head(): Promise<LogHead>;
  /** The head of this size. @throws LedgerError LOG when there is none, or it is damaged */
  headAt(size: number): Promise<LogHead>;
  /** The entries that follow the tree of this size, if anybody fixed them. */
  entriesAfter(size: number): Promise<string[] | undefined>;
  /**
   * Commits what follows `head` and resolves with the new head, durable; with `head` itself when there is nothing. What
   * another notary fixed after `head` goes first: `gather` is not asked then. Everything that the entries speak of MUST be
   * durable when `gather` resolves. Only heads that came from here may be signed.
   * @throws LedgerError LOG when entries do not follow; TlogError when stored tiles are damaged or of another history
   */
  advance(head: LogHead, gather: () => Promise<string[]>): Promise<LogHead>;
  /** Keeps the signed checkpoint of a committed head; false when one of this size is kept already. */
  publish(size: number, checkpoint: string): Promise<boolean>;
  /** The newest checkpoint that was published, and its size as its key says. Not verified here. */
  newestCheckpoint(): Promise<{ size: number; note: string } | undefined>;
  /** The published checkpoint of this size. Not verified here. */
  checkpointAt(size: number): Promise<string | undefined>;
  /** Keeps an RFC 3161 response over the checkpoint of this size; the first one stays. */
  keepStamp(size: number, response: Uint8Array): Promise<void>;
  /** The stamp of the largest checkpoint that has one. Not verified here. */
  newestStamp(): Promise<{ size: number; response: Uint8Array } | undefined>;
  /** Where in the log the segment stands that begins at `from`; undefined when it is not logged yet. Not verified here. */
  indexOf(stream: string, partition: number, from: number): Promise<number | undefined>;
  /** Tiles and entry bundles at the paths of c2sp.org/tlog-tiles. */
  tiles: TileStore;
  /** The log's verifier key as text; undefined before its first start. */
  vkey(): Promise<string | undefined>;
  /** Ties the log to this key for good. @throws LedgerError LOG when it has another */
  claim(vkey: string): Promise<void>;
}

/** Costs no I/O. Remembers sizes that it has seen, so that the newest of anything costs one listing. */
export function createLog({
  objects,
  retentionMs = DEFAULT_RETENTION_MS,
  now = Date.now,
}: {
  objects: ObjectStore;
  retentionMs?: number;
  now?: () => number;
}): Log {
  const seen: { head?: number | undefined; checkpoint?: number | undefined } = {};

  const create = async (key: string, bytes: Uint8Array): Promise<boolean> =>
    (await objects.create(key, bytes, { retainUntil: new Date(now() + retentionMs) })).outcome === 'created';
  const text = async (key: string): Promise<string | undefined> => {
    const stored = await objects.get(key);
    return stored && Buffer.from(stored.bytes).toString('utf8');
  };

  /** Creates, or finds the same there: anything else is a second history. */
  async function createSame(key: string, value: string): Promise<void> {
    if (await create(key, Buffer.from(value))) return;
    if ((await text(key)) !== value)
      throw new LedgerError('LOG', `${key} holds something else: a second history`);
  }

  async function headAt(size: number): Promise<LogHead> {
    if (size === 0) return emptyHead();
    const key = numberedKey(HEADS, size, '.json');
    const head = logHead.safeParse(parsed(await text(key)));
    if (!head.success || head.data.size !== size)
      throw new LedgerError('LOG', `${key} is missing, or not a head of this size`);
    return head.data;
  }

  async function entriesAfter(size: number): Promise<string[] | undefined> {
    const key = numberedKey(BATCHES, size, '.json');
    const stored = await text(key);
    if (stored === undefined) return undefined;
    const batch = logBatch.safeParse(parsed(stored));
    if (!batch.success || batch.data.size !== size)
      throw new LedgerError('LOG', `${key} is not a batch of this size`);
    return batch.data.entries;
  }

  async function fixOrder(head: LogHead, gather: () => Promise<string[]>): Promise<string[] | undefined> {
    const { size } = head;
    const fixed = await entriesAfter(size);
    if (fixed) return fixed;
    const entries = await gather();
    if (entries.length === 0) return undefined;
    afterEntries(head, entries); // what does not follow is never fixed
    const batch = JSON.stringify({ format: BATCH_FORMAT, size, entries });
    const created = await create(numberedKey(BATCHES, size, '.json'), Buffer.from(batch));
    return created ? entries : entriesAfter(size);
  }

  async function advance(head: LogHead, gather: () => Promise<string[]>): Promise<LogHead> {
    const entries = await fixOrder(head, gather);
    if (!entries) return head;
    const { places, policies, leaves } = afterEntries(head, entries);
    const bytes = entries.map(entry => Buffer.from(entry));
    const tree = await appendEntries(tiles, { size: head.size, root: fromHex(head.root)! }, bytes);
    for (const [i, leaf] of leaves.entries()) await noteIndex(leaf, head.size + i);
    const root = toHex(tree.root);
    const next: LogHead = { format: HEAD_FORMAT, size: tree.size, root, before: head.size, places, policies };
    await createSame(numberedKey(HEADS, next.size, '.json'), JSON.stringify(next));
    seen.head = next.size;
    return next;
  }

  async function noteIndex(leaf: LogLeaf, at: number): Promise<void> {
    if (leaf.kind === 'segment')
      await createSame(indexNote(leaf.stream, leaf.partition, leaf.from), `${at}\n`);
  }

  const tiles: TileStore = {
    async read(path) {
      return (await objects.get(path))?.bytes;
    },
    create,
  };

  return {
    async head() {
      seen.head = await newestNumber(objects, HEADS, seen.head);
      return headAt(seen.head ?? 0);
    },
    headAt,
    entriesAfter,
    advance,
    publish: (size, checkpoint) => create(numberedKey(CHECKPOINTS, size), Buffer.from(checkpoint)),
    async newestCheckpoint() {
      const size = await newestNumber(objects, CHECKPOINTS, seen.checkpoint);
      if (size === undefined) return undefined;
      seen.checkpoint = size;
      const note = await text(numberedKey(CHECKPOINTS, size));
      if (note === undefined)
        throw new LedgerError('LOG', `the checkpoint of size ${size} is listed, but not there`);
      return { size, note };
    },
    checkpointAt: size => text(numberedKey(CHECKPOINTS, size)),
    async keepStamp(size, response) {
      await create(numberedKey(STAMPS, size, '.tsr'), response);
    },
    async newestStamp() {
      const size = await newestNumber(objects, STAMPS, undefined);
      const stored = size === undefined ? undefined : await objects.get(numberedKey(STAMPS, size, '.tsr'));
      return stored && { size: size!, response: stored.bytes };
    },
    async indexOf(stream, partition, from) {
      const noted = await text(indexNote(stream, partition, from));
      return noted === undefined ? undefined : Number(noted);
    },
    tiles,
    async vkey() {
      return (await text(VKEY))?.trimEnd();
    },
    async claim(vkey) {
      await create(VKEY, Buffer.from(`${vkey}\n`));
      const there = (await text(VKEY))?.trimEnd();
      if (there !== vkey)
        throw new LedgerError(
          'LOG',
          `this log was begun with the key ${there}, not ${vkey}: sign with that one`,
        );
    },
  };
}

/** A shortcut, never evidence: what it says is proven by the tiles. */
const indexNote = (stream: string, partition: number, from: number): string =>
  segmentKey(stream, partition, from).replace(/^segments\/(.*)\.jsonl\.zst$/, 'log/places/$1');

function parsed(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined; // damaged: the caller's shape check says so, with the key
  }
}
