// SPDX-License-Identifier: Apache-2.0
// Where tiles and entry bundles lie (c2sp.org/tlog-tiles).
import { asValue, type Malformed, refuse, shown } from '../malformed.ts';

/** Hashes in a full tile, entries in a full bundle. */
export const TILE_WIDTH = 256;

export interface Tile {
  /** Level 0 holds leaf hashes; level n + 1 the roots of the full tiles of level n. */
  readonly level: number | 'entries';
  readonly index: number;
  /** 1 to 256; below 256 it is a partial tile. */
  readonly width: number;
}

/** `tile/<level>/<index>[.p/<width>]`, the index in groups of three digits. */
export function tilePath({ level, index, width }: Tile): string {
  const groups = [];
  let rest = index;
  do {
    groups.unshift(`${groups.length > 0 ? 'x' : ''}${String(rest % 1000).padStart(3, '0')}`);
    rest = Math.floor(rest / 1000);
  } while (rest > 0);
  return `tile/${level}/${groups.join('/')}${width < TILE_WIDTH ? `.p/${width}` : ''}`;
}

const PATH = /^tile\/(entries|0|[1-9]\d?)\/((?:x\d{3}\/){0,5}\d{3})(?:\.p\/([1-9]\d{0,2}))?$/;

/** Untrusted input, such as the path of a request: one spelling for each tile. */
export function parseTilePath(path: string): Tile | Malformed {
  return asValue(() => {
    const found = path.length > 64 ? null : PATH.exec(path);
    if (!found) refuse('tile path', 'tile/<level>/<index>[.p/<width>]', shown(path));
    const tile: Tile = {
      level: found[1] === 'entries' ? 'entries' : Number(found[1]),
      index: Number(found[2]!.replaceAll(/[x/]/g, '')),
      width: found[3] === undefined ? TILE_WIDTH : Number(found[3]),
    };
    if (Number(tile.level) > 63) refuse('tile path', 'a level up to 63', String(tile.level));
    if (tilePath(tile) !== path) refuse('tile path', tilePath(tile), shown(path));
    return tile;
  });
}

/** How wide the tile is in a tree of `size` leaves: 256 when full, 0 when there is none. */
export function tileWidth(level: number | 'entries', index: number, size: number): number {
  const hashes = Math.floor(size / TILE_WIDTH ** (level === 'entries' ? 0 : level));
  return Math.min(TILE_WIDTH, Math.max(0, hashes - index * TILE_WIDTH));
}
