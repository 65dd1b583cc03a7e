// SPDX-License-Identifier: Apache-2.0
import { equalBytes } from '../encoding.ts';
import { TlogError } from '../errors.ts';
import { Malformed } from '../malformed.ts';
import { HASH_BYTES, leafHash } from '../merkle-tree.ts';
import { parseBundle } from './entry-bundle.ts';
import { readWidest } from './read-tile.ts';
import { TILE_WIDTH } from './tile-path.ts';
import type { TileSource } from './tile-store.ts';

/**
 * The entries of bundle `index`, each held against its leaf hash in `leaves` (trusted, as many as there are
 * entries). @throws TlogError TILE_MISSING, TILE_DAMAGED with the path and the entry
 */
export async function readBundle(
  source: TileSource,
  index: number,
  leaves: Uint8Array,
): Promise<Uint8Array[]> {
  const width = leaves.length / HASH_BYTES;
  const { bytes, path, whole } = await readWidest(source, { level: 'entries', index, width });
  const entries = parseBundle(bytes, whole ? TILE_WIDTH : width);
  if (entries instanceof Malformed) throw new TlogError('TILE_DAMAGED', `${path}: ${entries.message}`);
  const wanted = entries.slice(0, width);
  for (const [i, entry] of wanted.entries()) {
    if (!equalBytes(leafHash(entry), leaves.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES))) {
      throw new TlogError(
        'TILE_DAMAGED',
        `${path}: entry ${index * TILE_WIDTH + i} is not the one in the tree`,
      );
    }
  }
  return wanted;
}
