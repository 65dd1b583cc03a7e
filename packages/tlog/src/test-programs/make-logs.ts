// SPDX-License-Identifier: Apache-2.0
// Makes logs for other implementations to judge (test/vectors/judges): one folder a size, each with its tiles,
// a checkpoint signed and cosigned, and proofs. Argument: an empty folder.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { emptyRoot, leafHash, rootOf, toHex } from '../index.ts';
import {
  cosignText,
  createSigner,
  formatCheckpoint,
  formatNote,
  formatVkey,
  signText,
} from '../note/index.ts';
import { formatTlogProof } from '../proof/index.ts';
import { appendEntries, createTileReader, type TileStore, type TreeHead } from '../tiles/index.ts';

const SIZES = [1, 2, 255, 256, 257, 700, 70_000];
const ORIGIN = 'log.example/judged';

const [folder = ''] = process.argv.slice(2);
const seed = (byte: number) => new Uint8Array(32).fill(byte);
const log = createSigner(ORIGIN, seed(1));
const witnesses = [2, 3, 4].map(byte => createSigner(`witness${byte}.example`, seed(byte), 'cosignature'));
const entry = (i: number) => new TextEncoder().encode(`{"entry":${i}${'.'.repeat(i % 97)}}`);
const entries = Array.from({ length: SIZES.at(-1)! }, (_, i) => entry(i));
const leaves = Buffer.concat(entries.map(leafHash));

await save('log.vkey', formatVkey(log.key));
for (const [i, { key }] of witnesses.entries()) await save(`witness${i}.vkey`, formatVkey(key));
await save(
  'policy',
  [`log ${formatVkey(log.key)}`, ...witnesses.map(witnessLine), 'group G 2 W0 W1 W2', 'quorum G', ''].join(
    '\n',
  ),
);
for (const size of SIZES) await makeLog(size);

function witnessLine({ key }: (typeof witnesses)[number], i: number): string {
  return `witness W${i} ${formatVkey(key)} https://witness${i}.example/`;
}

/** Grown in three steps, so that partial tiles of older sizes lie about. */
async function makeLog(size: number): Promise<void> {
  const store = folderStore(join(folder, String(size)));
  let head: TreeHead = { size: 0, root: emptyRoot() };
  for (const to of [Math.floor(size / 3), Math.floor(size / 2), size]) {
    head = await appendEntries(store, head, entries.slice(head.size, to));
  }
  const checkpoint = await saveCheckpoints(size, head);
  const reader = createTileReader(store, head);
  const indexes = [...new Set([0, 1, 254, 255, 256, 511, 65_535, 65_536, size - 2, size - 1])];
  const inclusion = [];
  for (const index of indexes.filter(i => i >= 0 && i < size)) {
    const hashes = await reader.inclusionProof(index);
    inclusion.push({ index, leaf: toHex(leafHash(entries[index]!)), hashes: hashes.map(toHex) });
    await save(`${size}/${index}.tlog-proof`, formatTlogProof({ index, hashes, checkpoint }));
  }
  const consistency = [];
  for (const old of [...new Set([1, 255, 256, 257, 65_536, size - 1])].filter(n => n > 0 && n < size)) {
    const hashes = await reader.consistencyProof(old);
    consistency.push({ old, root: toHex(rootOf(leaves.subarray(0, old * 32))), hashes: hashes.map(toHex) });
  }
  await save(`${size}/proofs.json`, JSON.stringify({ inclusion, consistency }));
}

async function saveCheckpoints(size: number, head: TreeHead): Promise<string> {
  const text = formatCheckpoint({ origin: ORIGIN, ...head });
  const cosignatures = witnesses.map((witness, i) => cosignText(text, witness, 1_700_000_000 + i));
  const cosignedBy = (count: number) =>
    formatNote({ text, signatures: [signText(text, log), ...cosignatures.slice(0, count)] });
  await save(`${size}/checkpoint`, cosignedBy(2));
  await save(`${size}/checkpoint-of-one-witness`, cosignedBy(1));
  return cosignedBy(2);
}

async function save(path: string, bytes: Uint8Array | string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), bytes);
}

function folderStore(root: string): TileStore {
  const missing = (error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    return undefined;
  };
  const taken = (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
    return false;
  };
  return {
    read: path => readFile(join(root, path)).catch(missing),
    create: async (path, bytes) => {
      await mkdir(dirname(join(root, path)), { recursive: true });
      return writeFile(join(root, path), bytes, { flag: 'wx' }).then(() => true, taken);
    },
  };
}
