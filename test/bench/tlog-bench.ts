// SPDX-License-Identifier: Apache-2.0
// How fast the transparency log is, in memory, on one core: growing, rooting, proving, verifying.
import { parseArgs } from 'node:util';
import { createTree, emptyRoot, leafHash, rootOf, verifyInclusion } from '@ashiato/tlog';
import { createSigner, formatNote, openNote, signText } from '@ashiato/tlog/note';
import { appendEntries, createTileReader, type TileStore, type TreeHead } from '@ashiato/tlog/tiles';
import { UsageError } from './options.ts';

export interface TlogFigure {
  what: string;
  /** Of one operation, in microseconds: the mean of `runs`. */
  micros: number;
  runs: number;
}

export const TLOG_USAGE = `bench tlog: time of one operation of the transparency log, in memory, on one core

  --leaves N  leaves of the tree (default 1000000)
  --json      the figures as JSON on standard output
  --help      this
`;

/** Throws UsageError for anything that cannot be run. */
export function parseTlogOptions(words: string[]): { leaves: number; json: boolean } | 'help' {
  try {
    const boolean = { type: 'boolean', default: false } as const;
    const options = { leaves: { type: 'string', default: '1000000' }, json: boolean, help: boolean } as const;
    const { values } = parseArgs({ args: words, options });
    if (values.help) return 'help';
    const leaves = Number(values.leaves);
    if (!Number.isSafeInteger(leaves) || leaves < 1000) throw new Error('--leaves: expected at least 1000');
    return { leaves, json: values.json };
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

export async function runTlogBench(leaves: number): Promise<TlogFigure[]> {
  const figures: TlogFigure[] = [];
  const measure = async (what: string, runs: number, run: (i: number) => unknown) => {
    const began = performance.now();
    for (let i = 0; i < runs; i++) await run(i);
    figures.push({ what, micros: ((performance.now() - began) * 1000) / runs, runs });
  };
  const entry = (i: number) => Buffer.from(`{"entry":${i},"root":"${'0'.repeat(200)}"}`);
  const hashes = Buffer.concat(Array.from({ length: leaves }, (_, i) => leafHash(entry(i))));
  const leaf = (i: number) => hashes.subarray(i * 32, i * 32 + 32);
  const tree = createTree();
  await measure('append a leaf to a tree, and its root', leaves, i => {
    tree.append(leaf(i));
    return tree.root();
  });
  await measure(`root of ${leaves} leaf hashes at once`, 3, () => rootOf(hashes));

  const store = memoryStore();
  let head: TreeHead = { size: 0, root: emptyRoot() };
  const batch = 1000;
  await measure(`append ${batch} entries to tiles, checked against the old root`, leaves / batch, async i => {
    head = await appendEntries(
      store,
      head,
      Array.from({ length: batch }, (_, n) => entry(i * batch + n)),
    );
  });
  const cold = () => createTileReader(store, head);
  const reader = cold();
  const any = (i: number) => (i * 7919) % head.size;
  await measure('inclusion proof from tiles, nothing read before', 200, i => cold().inclusionProof(any(i)));
  const proofs: Uint8Array[][] = [];
  await measure('inclusion proof from tiles, warm', 2000, async i =>
    proofs.push(await reader.inclusionProof(any(i))),
  );
  await measure('verify an inclusion proof', proofs.length, i => {
    if (!verifyInclusion(leaf(any(i)), any(i), head.size, proofs[i]!, head.root))
      throw new Error('a proof fails');
  });
  const signer = createSigner('bench.example', new Uint8Array(32).fill(1));
  const note = formatNote({ text: 'text\n', signatures: [signText('text\n', signer)] });
  await measure('sign a note', 200, () => signText('text\n', signer));
  await measure('open a note with one signature', 200, () => openNote(note, [signer.key]));
  return figures;
}

function memoryStore(): TileStore {
  const files = new Map<string, Uint8Array>();
  return {
    read: async path => files.get(path),
    create: async (path, bytes) => !files.has(path) && files.set(path, bytes) !== undefined,
  };
}

export function tlogTableOf(figures: readonly TlogFigure[]): string {
  const rows = figures.map(({ what, micros }) => {
    const rate = Math.round(1e6 / micros).toLocaleString('en');
    return `| ${what} | ${micros >= 100 ? Math.round(micros).toLocaleString('en') : micros.toFixed(1)} | ${rate} |`;
  });
  return ['| operation | µs | a second |', '|---|---|---|', ...rows, ''].join('\n');
}
