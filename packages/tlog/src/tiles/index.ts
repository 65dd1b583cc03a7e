// SPDX-License-Identifier: Apache-2.0
export type { TreeHead } from '../note/checkpoint.ts';
export { appendEntries } from './append-entries.ts';
export { formatBundle, MAX_ENTRY_BYTES, parseBundle } from './entry-bundle.ts';
export { parseTilePath, TILE_WIDTH, type Tile, tilePath, tileWidth } from './tile-path.ts';
export { createTileReader, type TileReader } from './tile-reader.ts';
export type { TileSource, TileStore } from './tile-store.ts';
