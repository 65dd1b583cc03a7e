// SPDX-License-Identifier: Apache-2.0
import { concat, equalBytes } from '../encoding.ts';
import { TlogError } from '../errors.ts';
import { Malformed } from '../malformed.ts';
import { leafHash, rootOf } from '../merkle-tree.ts';
import type { TreeHead } from '../note/checkpoint.ts';
import { parseBundle } from './entry-bundle.ts';
import { readTile, readWidest } from './read-tile.ts';
import { edgeTiles, type RightEdge, rootOfEdge } from './right-edge.ts';
import { TILE_WIDTH, tilePath } from './tile-path.ts';
import type { TileSource } from './tile-store.ts';

/** Reads the edge of the tree that `head` names. @throws TlogError TILE_MISSING, TILE_DAMAGED */
export async function readEdge(source: TileSource, head: TreeHead): Promise<RightEdge> {
  const edge: RightEdge = [];
  for (const tile of edgeTiles(head.size)) {
    edge.push(tile.width === 0 ? new Uint8Array(0) : await readTile(source, tile));
  }
  if (!equalBytes(rootOfEdge(edge), head.root)) {
    const damaged = await findDamaged(source, head, edge);
    throw new TlogError('TILE_DAMAGED', `${damaged ?? 'more than one tile'} does not fit the root`);
  }
  return edge;
}

/**
 * The root vouches for all partial tiles at once and cannot say which one is wrong: it is the one that, made anew
 * from what lies below it, gives the root.
 */
async function findDamaged(source: TileSource, head: TreeHead, edge: RightEdge): Promise<string | undefined> {
  for (const tile of edgeTiles(head.size)) {
    const hashes = await fromBelow(source, tile);
    if (hashes && equalBytes(rootOfEdge(edge.with(tile.level, hashes)), head.root)) return tilePath(tile);
  }
  return undefined;
}

async function fromBelow(
  source: TileSource,
  { level, index, width }: { level: number; index: number; width: number },
): Promise<Uint8Array | undefined> {
  if (width === 0) return undefined;
  if (level === 0) {
    const { bytes, whole } = await readWidest(source, { level: 'entries', index, width });
    const entries = parseBundle(bytes, whole ? TILE_WIDTH : width);
    return entries instanceof Malformed ? undefined : concat(entries.slice(0, width).map(leafHash));
  }
  const hashes: Uint8Array[] = [];
  for (let i = 0; i < width; i++) {
    const child = { level: level - 1, index: index * TILE_WIDTH + i, width: TILE_WIDTH };
    hashes.push(rootOf(await readTile(source, child)));
  }
  return concat(hashes);
}
