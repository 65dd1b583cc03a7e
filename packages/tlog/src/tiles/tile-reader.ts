// SPDX-License-Identifier: Apache-2.0
// Reads a log through its tiles, trusting nothing but a tree head: every hash is traced up to the root before use.
import { concat, equalBytes } from '../encoding.ts';
import { TlogError } from '../errors.ts';
import { consistencyPath, inclusionPath, type Subtree } from '../merkle-proof.ts';
import { HASH_BYTES, rootOf } from '../merkle-tree.ts';
import type { TreeHead } from '../note/checkpoint.ts';
import { readBundle } from './read-bundle.ts';
import { readEdge } from './read-edge.ts';
import { readTile } from './read-tile.ts';
import type { RightEdge } from './right-edge.ts';
import { TILE_WIDTH, tilePath, tileWidth } from './tile-path.ts';
import type { TileSource } from './tile-store.ts';

/** All of it rejects with TlogError TILE_MISSING or TILE_DAMAGED, naming the path, and RangeError outside the tree. */
export interface TileReader {
  readonly head: TreeHead;
  leafHash(index: number): Promise<Uint8Array>;
  /** Audit path of leaf `index`, leaf sibling first. */
  inclusionProof(index: number): Promise<Uint8Array[]>;
  /** Proof that this tree continues the one of `oldSize`. */
  consistencyProof(oldSize: number): Promise<Uint8Array[]>;
  /** Entries `from` up to, without, `to`, in order; reading all of them checks every bundle and every tile. */
  entries(from: number, to: number): AsyncGenerator<Uint8Array>;
}

/** 2,048 full tiles are 16 MiB, and the path of any leaf of a million entries needs 3. */
const KEPT_TILES = 2048;

export function createTileReader(source: TileSource, head: TreeHead): TileReader {
  const tiles = createTrustedTiles(source, head);
  const rootsOf = async (path: Subtree[]) => {
    const roots: Uint8Array[] = [];
    for (const subtree of path) roots.push(await rootIn(tiles, subtree));
    return roots;
  };
  return {
    head,
    leafHash: async index => rootIn(tiles, checked({ from: index, to: index + 1 }, head.size)),
    inclusionProof: async index => rootsOf(inclusionPath(index, head.size)),
    consistencyProof: async oldSize => rootsOf(consistencyPath(oldSize, head.size)),
    async *entries(from, to) {
      const range = checked({ from, to }, head.size);
      for (let bundle = Math.floor(range.from / TILE_WIDTH); bundle * TILE_WIDTH < range.to; bundle++) {
        const start = bundle * TILE_WIDTH;
        const entries = await readBundle(source, bundle, await tiles(0, bundle));
        yield* entries.slice(Math.max(0, range.from - start), range.to - start);
      }
    },
  };
}

function checked(range: Subtree, size: number): Subtree {
  const { from, to } = range;
  if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to) || from < 0 || from > to || to > size) {
    throw new RangeError(`no leaves ${from} to ${to} in a tree of ${size}`);
  }
  return range;
}

/** The hashes of a tile of the tree, traced to its root. */
type TrustedTiles = (level: number, index: number) => Promise<Uint8Array>;

function createTrustedTiles(source: TileSource, head: TreeHead): TrustedTiles {
  const kept = new Map<string, Uint8Array>();
  let edge: RightEdge | undefined;
  return async function trusted(level, index): Promise<Uint8Array> {
    const tile = { level, index, width: tileWidth(level, index, head.size) };
    if (tile.width < TILE_WIDTH) {
      // The root vouches for all partial tiles at once.
      edge ??= await readEdge(source, head);
      return edge[level]!;
    }
    const path = tilePath(tile);
    const known = kept.get(path);
    if (known) return known;
    const above = await trusted(level + 1, Math.floor(index / TILE_WIDTH));
    const hashes = await readTile(source, tile);
    if (!equalBytes(rootOf(hashes), hashAt(above, index % TILE_WIDTH))) {
      throw new TlogError('TILE_DAMAGED', `${path} does not hash to what the tile above it says`);
    }
    // The oldest goes first.
    if (kept.size >= KEPT_TILES) kept.delete(kept.keys().next().value!);
    kept.set(path, hashes);
    return hashes;
  };
}

/**
 * The root of a subtree of a proof, bottom up: at each level the hashes right of the last full tile, with what the
 * levels below come to as one more at the end, until the rest is a part of one tile.
 */
async function rootIn(tiles: TrustedTiles, { from, to }: Subtree): Promise<Uint8Array> {
  let below: Uint8Array = new Uint8Array(0);
  for (let level = 0, unit = 1; ; level++, unit *= TILE_WIDTH) {
    const span = unit * TILE_WIDTH;
    const isLast = to - from < span && Math.floor(from / span) === Math.floor((to - 1) / span);
    const end = Math.floor(to / unit);
    const start = isLast ? from / unit : end - (end % TILE_WIDTH);
    if (start < end) {
      const index = Math.floor(start / TILE_WIDTH);
      const first = index * TILE_WIDTH;
      const hashes = await tiles(level, index);
      below = rootOf(
        concat([hashes.subarray((start - first) * HASH_BYTES, (end - first) * HASH_BYTES), below]),
      );
    }
    if (isLast) return below;
  }
}

const hashAt = (hashes: Uint8Array, at: number) => hashes.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES);
