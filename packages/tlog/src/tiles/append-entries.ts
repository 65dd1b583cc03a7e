// SPDX-License-Identifier: Apache-2.0
// Appends to a log kept as tiles. Each file is a pure function of the entries, so an append that died half way is
// simply made again, and two that race write the same bytes or meet in TILE_CONFLICT.
import { concat, equalBytes } from '../encoding.ts';
import { TlogError } from '../errors.ts';
import { HASH_BYTES, leafHash, rootOf } from '../merkle-tree.ts';
import type { TreeHead } from '../note/checkpoint.ts';
import { formatBundle } from './entry-bundle.ts';
import { readBundle } from './read-bundle.ts';
import { readEdge } from './read-edge.ts';
import { edgeTiles, type RightEdge, rootOfEdge } from './right-edge.ts';
import { TILE_WIDTH, type Tile, tilePath } from './tile-path.ts';
import type { TileStore } from './tile-store.ts';

/**
 * Writes the bundles and tiles that `entries` add to the tree of `head`, and only those, and returns the new head.
 * All of it is durable on return; until the caller commits the new head nothing refers to it. The old edge is
 * read and held against `head` first.
 * @throws TlogError TILE_MISSING, TILE_DAMAGED, TILE_CONFLICT (other entries were appended to the same tree),
 *   NOT_WRITABLE (an entry over 65,535 bytes; nothing is written)
 */
export async function appendEntries(
  store: TileStore,
  head: TreeHead,
  entries: readonly Uint8Array[],
): Promise<TreeHead> {
  const edge = await readEdge(store, head);
  if (entries.length === 0) return head;
  const bundles = await bundlesFor(store, head.size, edge, entries);
  const { tiles, newEdge } = tilesFor(head.size, edge, concat(entries.map(leafHash)));
  for (const { path, bytes } of [...bundles, ...tiles]) await createSame(store, path, bytes);
  return { size: head.size + entries.length, root: rootOfEdge(newEdge) };
}

interface TileFile {
  path: string;
  bytes: Uint8Array;
}

const fileOf = (tile: Tile, bytes: Uint8Array): TileFile => ({ path: tilePath(tile), bytes });

async function bundlesFor(store: TileStore, size: number, edge: RightEdge, added: readonly Uint8Array[]) {
  const first = Math.floor(size / TILE_WIDTH);
  const before = edge[0]?.length ? await readBundle(store, first, edge[0]) : [];
  const entries = [...before, ...added];
  const files: TileFile[] = [];
  for (let at = 0; at < entries.length; at += TILE_WIDTH) {
    const bundle = entries.slice(at, at + TILE_WIDTH);
    const tile = { level: 'entries', index: first + at / TILE_WIDTH, width: bundle.length } as const;
    files.push(fileOf(tile, formatBundle(bundle)));
  }
  return files;
}

/** From the leaves up: what fills a tile goes on to the next level as one hash, the rest is that level's new edge. */
function tilesFor(size: number, edge: RightEdge, leaves: Uint8Array) {
  const tiles: TileFile[] = [];
  const newEdge = [...edge];
  let added = leaves;
  for (let level = 0; added.length > 0; level++) {
    const hashes = concat([edge[level] ?? new Uint8Array(0), added]);
    const first = edgeTiles(size)[level]?.index ?? 0;
    const next: Uint8Array[] = [];
    let at = 0;
    for (; at + TILE_BYTES <= hashes.length; at += TILE_BYTES) {
      const full = hashes.subarray(at, at + TILE_BYTES);
      tiles.push(fileOf({ level, index: first + at / TILE_BYTES, width: TILE_WIDTH }, full));
      next.push(rootOf(full));
    }
    const rest = hashes.subarray(at);
    const tile = { level, index: first + at / TILE_BYTES, width: rest.length / HASH_BYTES };
    if (rest.length > 0) tiles.push(fileOf(tile, rest));
    newEdge[level] = rest;
    added = concat(next);
  }
  return { tiles, newEdge };
}

const TILE_BYTES = TILE_WIDTH * HASH_BYTES;

async function createSame(store: TileStore, path: string, bytes: Uint8Array): Promise<void> {
  if (await store.create(path, bytes)) return;
  const there = await store.read(path);
  if (!there || !equalBytes(there, bytes)) {
    throw new TlogError('TILE_CONFLICT', `${path} holds other bytes than these entries give`);
  }
}
