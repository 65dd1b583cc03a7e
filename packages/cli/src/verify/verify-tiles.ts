// SPDX-License-Identifier: Apache-2.0
// Every stored tile and entry bundle, partial ones of earlier sizes too, against what the entries give.
import type { ObjectStore } from '@ashiato/objects';
import { HASH_BYTES, leafHash, Malformed, rootOf } from '@ashiato/tlog';
import { parseBundle, parseTilePath, TILE_WIDTH, type Tile, tilePath, tileWidth } from '@ashiato/tlog/tiles';
import type { Fault } from './fault.ts';

/** The leaf hashes of the log, end to end. */
export interface LeafHashes {
  readonly size: number;
  append(hash: Uint8Array): void;
  at(index: number): Uint8Array;
  /** Of the first `size` entries. */
  all(): Uint8Array;
}

export function createLeafHashes(): LeafHashes {
  let bytes = new Uint8Array(1024 * HASH_BYTES);
  let size = 0;
  return {
    get size() {
      return size;
    },
    append(hash) {
      if ((size + 1) * HASH_BYTES > bytes.length) {
        const larger = new Uint8Array(bytes.length * 2);
        larger.set(bytes);
        bytes = larger;
      }
      bytes.set(hash, size++ * HASH_BYTES);
    },
    at: index => bytes.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES),
    all: () => bytes.subarray(0, size * HASH_BYTES),
  };
}

export async function verifyTiles(objects: ObjectStore, leaves: LeafHashes, faults: Fault[]): Promise<void> {
  const levels = levelsOver(leaves.all());
  const wanted = new Set(neededTiles(leaves.size).map(tilePath));
  for await (const { key } of objects.list('tile/')) {
    wanted.delete(key);
    const tile = parseTilePath(key);
    if (tile instanceof Malformed) {
      faults.push({ kind: 'stray', place: key, fault: 'is no tile' });
      continue;
    }
    const level = levels[tile.level === 'entries' ? 0 : tile.level] ?? new Uint8Array(0);
    const start = tile.index * TILE_WIDTH;
    // Wider than the committed tree: written for a head that is not committed yet, and held against it then.
    if ((start + tile.width) * HASH_BYTES > level.length) continue;
    const stored = await objects.get(key);
    const hashes = level.subarray(start * HASH_BYTES, (start + tile.width) * HASH_BYTES);
    const fault = stored ? tileFault(tile, stored.bytes, hashes) : 'is listed, but cannot be read';
    if (fault !== undefined) faults.push({ kind: 'tile', place: key, fault });
  }
  for (const path of wanted) faults.push({ kind: 'tile', place: path, fault: 'is missing' });
}

function tileFault({ level, index, width }: Tile, bytes: Uint8Array, hashes: Uint8Array): string | undefined {
  const hashAt = (i: number) => hashes.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES);
  if (level === 'entries') {
    const entries = parseBundle(bytes, width);
    if (entries instanceof Malformed) return entries.message;
    const wrong = entries.findIndex((entry, i) => Buffer.compare(leafHash(entry), hashAt(i)) !== 0);
    return wrong < 0 ? undefined : `entry ${index * TILE_WIDTH + wrong} is not the one that was logged`;
  }
  if (bytes.length !== hashes.length) return `holds ${bytes.length} bytes, expected ${hashes.length}`;
  const wrong = bytes.findIndex((byte, i) => byte !== hashes[i]);
  return wrong < 0
    ? undefined
    : `hash ${index * TILE_WIDTH + Math.floor(wrong / HASH_BYTES)} of level ${level} (byte ${wrong}) is not what the entries give`;
}

/** Level 0 holds the leaf hashes, each level above the roots of the full tiles below it. */
function levelsOver(leaves: Uint8Array): Uint8Array[] {
  const levels = [leaves];
  const tileBytes = TILE_WIDTH * HASH_BYTES;
  for (let below = leaves; below.length >= tileBytes; ) {
    const count = Math.floor(below.length / tileBytes);
    const roots = Array.from({ length: count }, (_, i) =>
      rootOf(below.subarray(i * tileBytes, (i + 1) * tileBytes)),
    );
    below = Buffer.concat(roots);
    levels.push(below);
  }
  return levels;
}

/** What a reader of the tree of `size` asks for. */
function neededTiles(size: number): Tile[] {
  const tiles: Tile[] = [];
  for (const level of ['entries', 0, 1, 2, 3, 4, 5, 6] as const) {
    for (let index = 0; tileWidth(level, index, size) > 0; index++)
      tiles.push({ level, index, width: tileWidth(level, index, size) });
  }
  return tiles;
}
