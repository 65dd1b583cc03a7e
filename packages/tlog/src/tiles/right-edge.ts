// SPDX-License-Identifier: Apache-2.0
// The right edge of a tree: the hashes of its partial tiles, which its root stands on.
import { concat } from '../encoding.ts';
import { emptyRoot, rootOf } from '../merkle-tree.ts';
import { TILE_WIDTH, type Tile } from './tile-path.ts';

/** For each level, the hashes that fill no tile yet, end to end; as many levels as the size has. */
export type RightEdge = Uint8Array[];

/** The partial tiles of a tree: at each level the last one, where it is not full. */
export function edgeTiles(size: number): (Tile & { level: number })[] {
  const tiles = [];
  for (let level = 0, hashes = size; hashes > 0; level++, hashes = Math.floor(hashes / TILE_WIDTH)) {
    tiles.push({ level, index: Math.floor(hashes / TILE_WIDTH), width: hashes % TILE_WIDTH });
  }
  return tiles;
}

/**
 * The root over an edge, level by level from the leaves: what a lower level comes to is, at the next, one more
 * hash on the right, incomplete and last.
 */
export function rootOfEdge(edge: RightEdge): Uint8Array {
  let below: Uint8Array = new Uint8Array(0);
  for (const hashes of edge) {
    const level = concat([hashes, below]);
    if (level.length > 0) below = rootOf(level);
  }
  return below.length > 0 ? below : emptyRoot();
}
