// SPDX-License-Identifier: Apache-2.0
// Checks one segment from its stored bytes alone, and how it follows from the one before.

import { checkLine, recordLines, type Segment } from './segment.ts';
import { rootOfStored } from './stored-leaves.ts';

/** The first thing wrong with a segment: where, and what was expected and found. */
export interface SegmentFault {
  key: string;
  /** Offset of the record, or null where the fault is the segment's. */
  offset: number | null;
  fault: string;
}

export interface VerifiedSegment {
  root: string;
}

/**
 * Recomputes everything a segment claims: format, line shapes, offsets without holes but for typed gaps, record
 * count, `previous`, and the Merkle root. `before` is the segment before it in the chain, or null for the first.
 */
export function verifySegment(
  segment: Segment,
  before: { to: number; sha256: string } | null,
): VerifiedSegment | SegmentFault {
  const { key, header } = segment;
  const wrong = (fault: string, offset: number | null = null): SegmentFault => ({ key, offset, fault });
  if (header.from !== (before ? before.to + 1 : 0))
    return wrong(`begins at ${header.from}, expected ${(before?.to ?? -1) + 1}`);
  if (header.previous !== (before?.sha256 ?? null))
    return wrong('previous is not the SHA-256 of the segment before');
  let expected = header.from;
  let records = 0;
  const gaps = [...header.gaps];
  for (const text of recordLines(segment)) {
    const line = parsed(text);
    const shape = checkLine(line);
    if (shape !== undefined) return wrong(`line ${records + 1}: ${shape}`);
    const { offset } = line as { offset: number };
    while (gaps[0] && gaps[0].from === expected && offset > gaps[0].to) expected = gaps.shift()!.to + 1;
    if (offset !== expected) return wrong(`expected offset ${expected}, found ${offset}`, offset);
    expected++;
    records++;
  }
  if (gaps.length > 0) return wrong(`gap ${gaps[0]!.from}-${gaps[0]!.to} lies outside the records`);
  if (expected - 1 !== header.to) return wrong(`ends at ${expected - 1}, its header says ${header.to}`);
  if (records !== header.records) return wrong(`holds ${records} records, its header says ${header.records}`);
  return { root: rootOfStored(segment.raw) };
}

/** Damaged bytes may still decompress; a line that is no JSON is no record, which `checkLine` then says. */
function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
