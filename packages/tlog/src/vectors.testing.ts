// SPDX-License-Identifier: Apache-2.0
// The published vectors of `test/vectors/tlog`, and what the tests of this room share.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Malformed } from './malformed.ts';
import type { TileStore } from './tiles/index.ts';

export function vectors<T>(name: string): T {
  const path = join(import.meta.dirname, '../../../test/vectors/tlog', `${name}.json`);
  return JSON.parse(readFileSync(path, 'utf8')) as T;
}

export interface Notes {
  spec: { vkey: string; note: string };
  peter: { skey: string; vkey: string; text: string; signature: string };
  enoch: { vkey: string; text: string; signature: string };
  sumdb: { vkey: string; origin: string; size: number; note: string };
  arche: { log: string; witnesses: string[]; time: number; note: string };
  bad_vkeys: string[];
}

export const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'hex'));

/** What a parser gave for input that is good. */
export function good<T>(parsed: T | Malformed): T {
  if (parsed instanceof Malformed) throw parsed;
  return parsed;
}

/** Every byte with its lowest bit flipped, the one that tells upper from lower case, and the highest. */
export function* flips(bytes: Uint8Array): Generator<{ at: number; flipped: Uint8Array }> {
  for (let at = 0; at < bytes.length; at++) {
    for (const mask of [0x01, 0x20, 0x80]) {
      const flipped = new Uint8Array(bytes);
      flipped[at]! ^= mask;
      yield { at, flipped };
    }
  }
}

/** A store in memory that keeps what it was asked. */
export function memoryStore(files = new Map<string, Uint8Array>()) {
  const created: string[] = [];
  const store: TileStore = {
    read: async path => files.get(path),
    create: async (path, bytes) => {
      if (files.has(path)) return false;
      files.set(path, new Uint8Array(bytes));
      created.push(path);
      return true;
    },
  };
  return { store, files, created };
}
