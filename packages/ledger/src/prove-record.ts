// SPDX-License-Identifier: Apache-2.0
import { hash } from 'node:crypto';
import { inclusionProof, toHex } from '@ashiato/tlog';
import type { RecordProof } from './proof/index.ts';
import type { Segment } from './segment.ts';
import { leafParts, leavesOfStored } from './stored-leaves.ts';

/**
 * The proof of the record at `offset`, up to its segment's root; undefined when the segment does not hold it. Names
 * the staff only when `named`. `leaf` is the segment's entry in the log.
 */
export function proveRecord(
  segment: Segment,
  offset: number,
  { leaf, named }: { leaf: string; named: boolean },
): RecordProof | undefined {
  const start = `{"offset":${offset},`;
  const lines = segment.raw.toString('latin1').split('\n');
  const at = lines.findIndex((line, i) => i > 0 && line.startsWith(start));
  if (at < 0) return undefined;
  const { publicLine, salt, who } = leafParts(lines[at]!);
  const whoBytes = Buffer.concat([Buffer.from(salt, 'hex'), Buffer.from(who, 'latin1')]);
  return {
    public_line: utf8(publicLine),
    who: named ? { salt, text: utf8(who) } : null,
    who_sha256: hash('sha256', whoBytes, 'hex'),
    at,
    path: inclusionProof(leavesOfStored(segment.raw), at).map(toHex),
    leaf,
  };
}

const utf8 = (binary: string) => Buffer.from(binary, 'latin1').toString('utf8');
