// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { concat, utf8 } from '../encoding.ts';
import { TlogError } from '../errors.ts';
import {
  consistencyProof,
  emptyRoot,
  inclusionProof,
  leafHash,
  Malformed,
  rootOf,
  sha256,
  toHex,
  verifyConsistency,
  verifyInclusion,
} from '../index.ts';
import { formatCheckpoint, formatNote, parseSkey, signText } from '../note/index.ts';
import { flips, good, memoryStore, vectors } from '../vectors.testing.ts';
import {
  appendEntries,
  createTileReader,
  formatBundle,
  parseBundle,
  parseTilePath,
  type TreeHead,
  tilePath,
  tileWidth,
} from './index.ts';

const EMPTY: TreeHead = { size: 0, root: emptyRoot() };
const entry = (i: number) => utf8(`entry ${i}`);
const entriesOf = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => entry(from + i));
const leavesOf = (size: number) => concat(entriesOf(0, size).map(leafHash));
const hexes = (proof: Uint8Array[]) => proof.map(toHex);

/** A log that has been of each of `sizes`. */
async function logOf(...sizes: number[]) {
  const memory = memoryStore();
  let head = EMPTY;
  for (const size of sizes) head = await appendEntries(memory.store, head, entriesOf(head.size, size));
  return { ...memory, head };
}

async function collect(entries: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const all: Uint8Array[] = [];
  for await (const one of entries) all.push(one);
  return all;
}

const failing = (code: string, path: string) =>
  expect.objectContaining({ code, message: expect.stringContaining(path) });

describe('tile paths', () => {
  it.each([
    [{ level: 0, index: 0, width: 256 }, 'tile/0/000'],
    [{ level: 0, index: 1_234_067, width: 256 }, 'tile/0/x001/x234/067'],
    [{ level: 2, index: 999, width: 5 }, 'tile/2/999.p/5'],
    [{ level: 'entries' as const, index: 1000, width: 255 }, 'tile/entries/x001/000.p/255'],
  ])('%o is %s', (tile, path) => {
    expect(tilePath(tile)).toBe(path);
    expect(parseTilePath(path)).toEqual(tile);
  });

  it.each([
    '',
    'tile/0/0',
    'tile/0/000/',
    'tile/00/000',
    'tile/64/000',
    'tile/0/x000/001',
    'tile/0/001/001',
    'tile/0/x001',
    'tile/0/000.p/0',
    'tile/0/000.p/256',
    'tile/0/000.p/01',
    'tile/0/000.p/',
    'tile/entries/../000',
    '/tile/0/000',
    `tile/0/${'x001/'.repeat(400)}001`,
  ])('%s is none', path => expect(parseTilePath(path)).toBeInstanceOf(Malformed));

  it('of a tree of 70,000 are those of the specification', () => {
    expect([272, 273, 274].map(index => tileWidth(0, index, 70_000))).toEqual([256, 112, 0]);
    expect([0, 1, 2].map(index => tileWidth(1, index, 70_000))).toEqual([256, 17, 0]);
    expect([tileWidth(2, 0, 70_000), tileWidth(3, 0, 70_000)]).toEqual([1, 0]);
    expect([tileWidth(0, 0, 256), tileWidth(1, 0, 256)]).toEqual([256, 1]);
  });
});

describe('entry bundles', () => {
  it('are read as they were written', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 256 }), entries => {
        const bundle = formatBundle(entries);
        expect(good(parseBundle(bundle, entries.length)).map(toHex)).toEqual(entries.map(toHex));
        expect(parseBundle(bundle, entries.length + 1)).toBeInstanceOf(Malformed);
        expect(parseBundle(bundle, entries.length - 1)).toBeInstanceOf(Malformed);
        expect(parseBundle(bundle.subarray(0, -1), entries.length)).toBeInstanceOf(Malformed);
      }),
    );
  });

  it('hold entries of up to 65,535 bytes', () => {
    const longest = new Uint8Array(65_535);
    expect(good(parseBundle(formatBundle([longest]), 1))[0]).toEqual(longest);
    expect(() => formatBundle([new Uint8Array(65_536)])).toThrow(failing('NOT_WRITABLE', '65535'));
  });
});

describe('appending', () => {
  interface TesseraLog {
    skey: string;
    entries: string[];
    checkpoints: string[];
    sha256: Record<string, string>;
  }

  it('writes the very files and checkpoints of another implementation', async () => {
    const tessera = vectors<TesseraLog>('tessera-log');
    const signer = good(parseSkey(tessera.skey));
    const { store, files } = memoryStore();
    let head = EMPTY;
    for (const [size, checkpoint] of tessera.checkpoints.entries()) {
      if (size > 0) head = await appendEntries(store, head, [utf8(tessera.entries[size - 1]!)]);
      const text = formatCheckpoint({ origin: signer.key.name, ...head });
      expect(formatNote({ text, signatures: [signText(text, signer)] })).toBe(checkpoint);
    }
    const written = [...files].map(([path, bytes]) => [path, toHex(sha256(bytes))]);
    expect(Object.fromEntries(written)).toEqual(tessera.sha256);
  });

  it('writes what is new and nothing else', async () => {
    const log = await logOf(255, 256);
    expect(log.created).toEqual([
      'tile/entries/000.p/255',
      'tile/0/000.p/255',
      'tile/entries/000',
      'tile/0/000',
      'tile/1/000.p/1',
    ]);
    await appendEntries(log.store, log.head, entriesOf(256, 258));
    expect(log.created.slice(5)).toEqual(['tile/entries/001.p/2', 'tile/0/001.p/2']);
  });

  it('gives one tree, however it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 6 }), async steps => {
        const memory = memoryStore();
        let head = EMPTY;
        for (const step of steps) {
          head = await appendEntries(memory.store, head, entriesOf(head.size, head.size + step));
        }
        expect(toHex(head.root)).toBe(toHex(rootOf(leavesOf(head.size))));
      }),
      { numRuns: 30 },
    );
  });

  it('needs no partial tile whose full one is there', async () => {
    const log = await logOf(200, 700);
    log.files.delete('tile/0/000.p/200');
    log.files.delete('tile/entries/000.p/200');
    const head = { size: 200, root: rootOf(leavesOf(200)) };
    const again = await appendEntries(log.store, head, entriesOf(200, 700));
    expect(toHex(again.root)).toBe(toHex(log.head.root));
  });

  it('that died after any file is made again, with the same files', async () => {
    const whole = await logOf(250, 600);
    const writes = whole.created.length - 2;
    for (let survived = 0; survived < writes; survived++) {
      const { store, files, head } = await logOf(250);
      let left = survived;
      const dying = {
        ...store,
        create: async (path: string, bytes: Uint8Array) => {
          if (left-- === 0) throw new Error('killed');
          return store.create(path, bytes);
        },
      };
      await expect(appendEntries(dying, head, entriesOf(250, 600))).rejects.toThrow('killed');
      expect((await appendEntries(store, head, entriesOf(250, 600))).root).toEqual(whole.head.root);
      expect([...files].sort()).toEqual([...whole.files].sort());
    }
  });

  it('refuses other entries at the same place', async () => {
    const log = await logOf(10, 20);
    const head = { size: 10, root: rootOf(leavesOf(10)) };
    const others = entriesOf(100, 110);
    await expect(appendEntries(log.store, head, others)).rejects.toThrow(
      failing('TILE_CONFLICT', 'tile/entries/000.p/20'),
    );
  });

  it('refuses a tree that is not the one named, and an entry too long, before it writes', async () => {
    const log = await logOf(300);
    const before = log.created.length;
    const other = { size: 300, root: emptyRoot() };
    await expect(appendEntries(log.store, other, [entry(1)])).rejects.toThrow(
      failing('TILE_DAMAGED', 'root'),
    );
    await expect(appendEntries(log.store, log.head, [new Uint8Array(65_536)])).rejects.toThrow(TlogError);
    await expect(appendEntries(memoryStore().store, log.head, [entry(1)])).rejects.toThrow(
      failing('TILE_MISSING', 'tile/0/001.p/44'),
    );
    log.files.get('tile/entries/001.p/44')![5]! ^= 1;
    await expect(appendEntries(log.store, log.head, [entry(1)])).rejects.toThrow(
      failing('TILE_DAMAGED', 'tile/entries/001.p/44: entry 256'),
    );
    expect(log.created.length).toBe(before);
  });
});

describe('reading', () => {
  it('gives the proofs of the tree', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 1500 }), fc.nat(), async (size, pick) => {
        const { store, head } = await logOf(size);
        const leaves = leavesOf(size);
        const reader = createTileReader(store, head);
        const index = pick % size;
        expect(hexes(await reader.inclusionProof(index))).toEqual(hexes(inclusionProof(leaves, index)));
        expect(hexes(await reader.consistencyProof(index))).toEqual(hexes(consistencyProof(leaves, index)));
        expect(toHex(await reader.leafHash(index))).toBe(toHex(leafHash(entry(index))));
        expect((await collect(reader.entries(index, size))).map(toHex)).toEqual(
          entriesOf(index, size).map(toHex),
        );
      }),
      { numRuns: 40 },
    );
  });

  it('gives proofs across three levels of tiles', async () => {
    const size = 70_000;
    const { store, head } = await logOf(65_536, size);
    const reader = createTileReader(store, head);
    const leaves = leavesOf(size);
    expect(toHex(head.root)).toBe(toHex(rootOf(leaves)));
    for (const index of [0, 255, 256, 32_768, 65_535, 65_536, 69_888, 69_999]) {
      const path = await reader.inclusionProof(index);
      expect(verifyInclusion(leafHash(entry(index)), index, size, path, head.root)).toBe(true);
    }
    for (const old of [1, 256, 257, 65_535, 65_536, 69_999, 70_000]) {
      const oldRoot = rootOf(leaves.subarray(0, old * 32));
      expect(verifyConsistency(old, oldRoot, size, head.root, await reader.consistencyProof(old))).toBe(true);
    }
  });

  it('reads few tiles for a proof', async () => {
    const { store, head } = await logOf(70_000);
    const paths: string[] = [];
    const read = (path: string) => {
      paths.push(path);
      return store.read(path);
    };
    const reader = createTileReader({ read }, head);
    await reader.inclusionProof(1000);
    expect(paths.sort()).toEqual([
      'tile/0/003',
      'tile/0/273.p/112',
      'tile/1/000',
      'tile/1/001.p/17',
      'tile/2/000.p/1',
    ]);
    await reader.inclusionProof(1001);
    expect(paths.length).toBe(5);
  });

  it('reads a tree that is older than the store', async () => {
    const { store, files } = await logOf(300, 1000);
    files.delete('tile/0/001.p/44');
    const reader = createTileReader(store, { size: 300, root: rootOf(leavesOf(300)) });
    expect(hexes(await reader.inclusionProof(299))).toEqual(hexes(inclusionProof(leavesOf(300), 299)));
    expect((await collect(reader.entries(0, 300))).length).toBe(300);
  });

  it('names the one tile or bundle of which a byte was changed', async () => {
    const { files, head } = await logOf(66_000);
    const paths = [...files.keys()].filter(path => path.startsWith('tile/1/') || path.startsWith('tile/2/'));
    paths.push('tile/0/000', 'tile/0/128', 'tile/0/257.p/208', 'tile/entries/000', 'tile/entries/257.p/208');
    for (const path of paths) {
      const bytes = files.get(path)!;
      const changed = new Uint8Array(bytes);
      changed[Math.floor(bytes.length / 2)]! ^= 1;
      const { store } = memoryStore(new Map(files).set(path, changed));
      const reading = collect(createTileReader(store, head).entries(0, head.size));
      await expect(reading, path).rejects.toThrow(failing('TILE_DAMAGED', path));
    }
    expect(
      (await collect(createTileReader(memoryStore(files).store, head).entries(0, head.size))).length,
    ).toBe(66_000);
  });

  it('refuses tiles with any byte changed, cut or missing', async () => {
    const { files, head } = await logOf(5);
    const leaves = files.get('tile/0/000.p/5')!;
    for (const { flipped } of flips(leaves)) {
      const { store } = memoryStore(new Map(files).set('tile/0/000.p/5', flipped));
      await expect(createTileReader(store, head).inclusionProof(2)).rejects.toThrow(
        failing('TILE_DAMAGED', 'tile/0/000.p/5'),
      );
    }
    const cut = memoryStore(new Map(files).set('tile/0/000.p/5', leaves.subarray(1)));
    await expect(createTileReader(cut.store, head).leafHash(0)).rejects.toThrow(
      failing('TILE_DAMAGED', '159 bytes'),
    );
    await expect(createTileReader(memoryStore().store, head).leafHash(0)).rejects.toThrow(
      failing('TILE_MISSING', 'tile/0/000.p/5'),
    );
  });

  it('knows where the tree ends', async () => {
    const { store, head } = await logOf(5);
    const reader = createTileReader(store, head);
    await expect(reader.leafHash(5)).rejects.toThrow(RangeError);
    await expect(reader.leafHash(-1)).rejects.toThrow(RangeError);
    await expect(reader.inclusionProof(5)).rejects.toThrow(RangeError);
    await expect(reader.consistencyProof(6)).rejects.toThrow(RangeError);
    await expect(collect(reader.entries(3, 6))).rejects.toThrow(RangeError);
    expect(await collect(createTileReader(store, EMPTY).entries(0, 0))).toEqual([]);
  });
});
