// SPDX-License-Identifier: Apache-2.0
// Checkpoints (c2sp.org/tlog-checkpoint): a log's tree head as the text of a signed note.
import { equalBytes, fromBase64, fromDecimal, toBase64 } from '../encoding.ts';
import { TlogError } from '../errors.ts';
import { asValue, Malformed, refuse, shown } from '../malformed.ts';
import { emptyRoot, HASH_BYTES } from '../merkle-tree.ts';
import type { VerifierKey } from './keys.ts';
import { type NoteRefusal, openNote, type Signed } from './open-note.ts';

export interface TreeHead {
  /** How many leaves. */
  readonly size: number;
  /** 32 bytes. */
  readonly root: Uint8Array;
}

export interface Checkpoint extends TreeHead {
  /** Which log: a URL without scheme, by custom the name of its key. */
  readonly origin: string;
  /** Lines after the third. Not recommended: nobody audits them. */
  readonly extensions: readonly string[];
}

/** From the text of a note. That it is signed is another matter: `openCheckpoint`. */
export function parseCheckpoint(text: string): Checkpoint | Malformed {
  return asValue(() => {
    const lines = text.split('\n');
    if (lines.pop() !== '') refuse('checkpoint', 'a newline at the end', 'none');
    const [origin, sizeLine, rootLine, ...extensions] = lines;
    if (!origin) refuse('checkpoint: line 1', 'an origin', 'nothing');
    if (sizeLine === undefined || rootLine === undefined)
      refuse('checkpoint', 'at least 3 lines', `${lines.length}`);
    const size =
      fromDecimal(sizeLine) ?? refuse('checkpoint: line 2', 'a tree size up to 2^53 - 1', shown(sizeLine));
    const root = fromBase64(rootLine);
    if (root?.length !== HASH_BYTES) refuse('checkpoint: line 3', 'base64 of 32 bytes', shown(rootLine));
    if (size === 0 && !equalBytes(root, emptyRoot()))
      refuse('checkpoint: line 3', 'the empty root', shown(rootLine));
    const empty = extensions.indexOf('');
    if (empty >= 0) refuse(`checkpoint: line ${empty + 4}`, 'an extension', 'an empty line');
    return { origin, size, root, extensions };
  });
}

/** The text to sign. @throws TlogError NOT_WRITABLE for what `parseCheckpoint` would refuse. */
export function formatCheckpoint(
  checkpoint: TreeHead & { origin: string; extensions?: readonly string[] },
): string {
  const { origin, size, root, extensions = [] } = checkpoint;
  const text = [origin, String(size), toBase64(root), ...extensions, ''].join('\n');
  const parsed = parseCheckpoint(text);
  if (parsed instanceof Malformed) throw new TlogError('NOT_WRITABLE', parsed.message);
  if (parsed.origin !== origin || parsed.extensions.length !== extensions.length) {
    throw new TlogError('NOT_WRITABLE', 'an origin and extensions of one line each');
  }
  return text;
}

export type OpenedCheckpoint =
  | {
      readonly outcome: 'verified';
      readonly checkpoint: Checkpoint;
      /** Every key of `logs` and `witnesses` that signed; at least one of `logs`. */
      readonly signed: readonly Signed[];
    }
  | NoteRefusal
  /** Well signed, by a key that speaks for another log. */
  | { readonly outcome: 'other_log'; readonly origin: string };

/** Who must have signed (one of `logs`), who may have (`witnesses`), and which log it must be about. */
export interface CheckpointKeys {
  readonly origin: string;
  readonly logs: readonly VerifierKey[];
  readonly witnesses?: readonly VerifierKey[];
}

/** A checkpoint to believe: signed by the log, about the log. Untrusted input. */
export function openCheckpoint(note: Uint8Array | string, keys: CheckpointKeys): OpenedCheckpoint {
  const { origin, logs, witnesses = [] } = keys;
  const opened = openNote(note, [...logs, ...witnesses]);
  if (opened.outcome !== 'verified') return opened;
  if (!opened.signed.some(({ key }) => logs.includes(key))) return { outcome: 'unsigned' };
  const checkpoint = parseCheckpoint(opened.text);
  if (checkpoint instanceof Malformed) return { outcome: 'malformed', problem: checkpoint };
  if (checkpoint.origin !== origin) return { outcome: 'other_log', origin: checkpoint.origin };
  return { outcome: 'verified', checkpoint, signed: opened.signed };
}
