// SPDX-License-Identifier: Apache-2.0
// Proof files (c2sp.org/tlog-proof): an index, an inclusion proof and the checkpoint it leads to, as text.
import { fromBase64, fromDecimal, textOf, toBase64 } from '../encoding.ts';
import { TlogError } from '../errors.ts';
import { asValue, Malformed, refuse, shown } from '../malformed.ts';
import { MAX_PROOF_HASHES, verifyInclusion } from '../merkle-proof.ts';
import { HASH_BYTES } from '../merkle-tree.ts';
import { MAX_NOTE_BYTES } from '../note/note.ts';
import { type Accepted, checkPolicy, type PolicyRefusal } from './check-policy.ts';
import type { TlogPolicy } from './tlog-policy.ts';

export interface TlogProof {
  readonly index: number;
  /** Leaf sibling first. */
  readonly hashes: readonly Uint8Array[];
  /** A signed note, verbatim. */
  readonly checkpoint: string;
  /** Opaque, and vouched for by nobody. */
  readonly extra?: Uint8Array;
}

const FIRST_LINE = 'c2sp.org/tlog-proof@v1';
const MAX_PROOF_BYTES = MAX_NOTE_BYTES + 131_072;

/** Untrusted input. That it proves anything is another matter: `verifyTlogProof`. */
export function parseTlogProof(proof: Uint8Array | string): TlogProof | Malformed {
  return asValue(() => {
    if (proof.length > MAX_PROOF_BYTES)
      refuse('proof', `at most ${MAX_PROOF_BYTES} bytes`, `${proof.length}`);
    const text =
      typeof proof === 'string' ? proof : (textOf(proof) ?? refuse('proof', 'UTF-8', 'other bytes'));
    const end = text.indexOf('\n\n');
    if (end < 0) refuse('proof', 'an empty line before the checkpoint', 'none');
    const lines = text.slice(0, end).split('\n');
    if (lines[0] !== FIRST_LINE) refuse('proof: line 1', FIRST_LINE, shown(lines[0]!));
    const extra = lines[1]?.startsWith('extra ') ? lines[1].slice('extra '.length) : undefined;
    const indexAt = extra === undefined ? 1 : 2;
    const [indexLine = '', ...hashLines] = lines.slice(indexAt);
    const index = indexLine.startsWith('index ') ? fromDecimal(indexLine.slice('index '.length)) : undefined;
    if (index === undefined) {
      refuse(`proof: line ${indexAt + 1}`, 'index and a number up to 2^53 - 1', shown(indexLine));
    }
    if (hashLines.length > MAX_PROOF_HASHES) {
      refuse('proof', `at most ${MAX_PROOF_HASHES} hashes`, `${hashLines.length}`);
    }
    const hashes = hashLines.map((line, i) => hashOf(line, `proof: line ${indexAt + 2 + i}`));
    const checkpoint = text.slice(end + 2);
    if (extra === undefined) return { index, hashes, checkpoint };
    return {
      index,
      hashes,
      checkpoint,
      extra: fromBase64(extra) ?? refuse('proof: line 2', 'base64', shown(extra)),
    };
  });
}

function hashOf(line: string, place: string): Uint8Array {
  const hash = fromBase64(line);
  return hash?.length === HASH_BYTES ? hash : refuse(place, 'base64 of 32 bytes', shown(line));
}

/** @throws TlogError NOT_WRITABLE for what `parseTlogProof` would refuse. */
export function formatTlogProof({ index, hashes, checkpoint, extra }: TlogProof): string {
  const head = extra === undefined ? [FIRST_LINE] : [FIRST_LINE, `extra ${toBase64(extra)}`];
  const text = [...head, `index ${index}`, ...hashes.map(toBase64), '', checkpoint].join('\n');
  const parsed = parseTlogProof(text);
  if (parsed instanceof Malformed) throw new TlogError('NOT_WRITABLE', parsed.message);
  return text;
}

export type ProofVerdict =
  /** The entry stands at `index` in the tree of the accepted checkpoint. */
  | (Accepted & { readonly index: number })
  | PolicyRefusal
  /** The checkpoint is good; the path does not lead from this leaf, at this index, to its root. */
  | { readonly outcome: 'not_included'; readonly index: number; readonly size: number };

/**
 * Whether `proof` shows that a log of `policy` holds `leaf`: a leaf hash, which MUST be computed from the entry at
 * hand and never be taken from whoever brings the proof. Untrusted input: `proof`.
 */
export function verifyTlogProof(
  proof: Uint8Array | string,
  leaf: Uint8Array,
  policy: TlogPolicy,
): ProofVerdict {
  const parsed = parseTlogProof(proof);
  if (parsed instanceof Malformed) return { outcome: 'malformed', problem: parsed };
  const { index, hashes } = parsed;
  const verdict = checkPolicy(policy, parsed.checkpoint);
  if (verdict.outcome !== 'accepted') return verdict;
  const { size, root } = verdict.checkpoint;
  if (!verifyInclusion(leaf, index, size, hashes, root)) return { outcome: 'not_included', index, size };
  return { ...verdict, index };
}
