// SPDX-License-Identifier: Apache-2.0
// Proofs of the records of one segment, up to its root.
import { hash } from 'node:crypto';
import { HASH_BYTES, nodeHash, toHex } from '@ashiato/tlog';
import type { RecordProof } from './proof/index.ts';
import type { Segment } from './segment.ts';
import { leafParts, leavesOfStored } from './stored-leaves.ts';

/** `leaf` is the segment's entry in the log; the staff are named only when `named`. */
export interface ProofOptions {
  leaf: string;
  named: boolean;
}

export interface RecordProver {
  /** Undefined when the segment does not hold the record at `offset`. */
  prove(offset: number, options: ProofOptions): RecordProof | undefined;
}

/** For one proof; whoever wants several of a segment makes a prover once. */
export const proveRecord = (
  segment: Segment,
  offset: number,
  options: ProofOptions,
): RecordProof | undefined => createRecordProver(segment).prove(offset, options);

/** Hashes the segment once; each proof then costs its path. Keeps the segment's bytes alive. */
export function createRecordProver({ raw }: Pick<Segment, 'raw'>): RecordProver {
  const starts: number[] = [];
  for (let at = 0; at < raw.length; at = raw.indexOf(10, at) + 1) starts.push(at);
  const levels = levelsOver(leavesOfStored(raw));
  const lineAt = (i: number) => raw.toString('latin1', starts[i]!, raw.indexOf(10, starts[i]!));

  /** Offsets ascend by line, with gaps. Line 0 is the header. */
  function lineOf(offset: number): number | undefined {
    let low = 1;
    let high = starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (offsetOf(lineAt(middle)) < offset) low = middle + 1;
      else high = middle;
    }
    return low < starts.length && offsetOf(lineAt(low)) === offset ? low : undefined;
  }

  return {
    prove(offset, { leaf, named }) {
      const at = lineOf(offset);
      if (at === undefined) return undefined;
      const { publicLine, salt, who } = leafParts(lineAt(at));
      const whoBytes = Buffer.concat([Buffer.from(salt, 'hex'), Buffer.from(who, 'latin1')]);
      return {
        public_line: utf8(publicLine),
        who: named ? { salt, text: utf8(who) } : null,
        who_sha256: hash('sha256', whoBytes, 'hex'),
        at,
        path: pathIn(levels, at),
        leaf,
      };
    },
  };
}

/** The tree level by level, hashes end to end: neighbours fold into one, an odd last one is carried up unchanged. */
function levelsOver(leaves: Uint8Array): Uint8Array[] {
  const levels = [leaves];
  for (let below = leaves; below.length > HASH_BYTES; ) {
    const count = below.length / HASH_BYTES;
    const level = new Uint8Array(Math.ceil(count / 2) * HASH_BYTES);
    for (let i = 0; i + 1 < count; i += 2) {
      level.set(nodeHash(hashAt(below, i), hashAt(below, i + 1)), (i / 2) * HASH_BYTES);
    }
    if (count % 2 === 1) level.set(hashAt(below, count - 1), level.length - HASH_BYTES);
    levels.push(level);
    below = level;
  }
  return levels;
}

function pathIn(levels: readonly Uint8Array[], leaf: number): string[] {
  const path: string[] = [];
  let at = leaf;
  for (const level of levels) {
    const sibling = at ^ 1;
    // A node that was carried up has no sibling there.
    if (sibling * HASH_BYTES < level.length && level.length > HASH_BYTES)
      path.push(toHex(hashAt(level, sibling)));
    at >>= 1;
  }
  return path;
}

const hashAt = (level: Uint8Array, at: number) => level.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES);
const offsetOf = (line: string): number => Number(/^\{"offset":(\d+),/.exec(line)?.[1]);
const utf8 = (binary: string) => Buffer.from(binary, 'latin1').toString('utf8');
