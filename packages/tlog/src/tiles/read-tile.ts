// SPDX-License-Identifier: Apache-2.0
import { TlogError } from '../errors.ts';
import { HASH_BYTES } from '../merkle-tree.ts';
import { TILE_WIDTH, type Tile, tilePath } from './tile-path.ts';
import type { TileSource } from './tile-store.ts';

/** The hashes of one tile, as many as it is wide; nothing is known yet of what they are worth. */
export async function readTile(source: TileSource, tile: Tile): Promise<Uint8Array> {
  const { bytes, path, whole } = await readWidest(source, tile);
  const wanted = tile.width * HASH_BYTES;
  if (whole ? bytes.length !== TILE_WIDTH * HASH_BYTES : bytes.length !== wanted) {
    throw new TlogError('TILE_DAMAGED', `${path}: ${bytes.length} bytes for a tile of ${wanted}`);
  }
  return bytes.subarray(0, wanted);
}

/** A partial tile or bundle may be gone once the full one is there: its beginning is the same. */
export async function readWidest(
  source: TileSource,
  tile: Tile,
): Promise<{ bytes: Uint8Array; path: string; whole: boolean }> {
  const path = tilePath(tile);
  const bytes = await source.read(path);
  if (bytes) return { bytes, path, whole: tile.width === TILE_WIDTH };
  const full = tilePath({ ...tile, width: TILE_WIDTH });
  const fallback = tile.width < TILE_WIDTH ? await source.read(full) : undefined;
  if (!fallback) throw new TlogError('TILE_MISSING', `nothing at ${path}`);
  return { bytes: fallback, path: full, whole: true };
}
