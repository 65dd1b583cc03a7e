// SPDX-License-Identifier: Apache-2.0
// The one thing a witness does (c2sp.org/tlog-witness): cosign a checkpoint that continues the last one it cosigned of
// that log, and no other. Untrusted: the whole request.
import { Malformed, verifyConsistency } from '@ashiato/tlog';
import {
  cosignText,
  formatSignature,
  openCheckpoint,
  parseCheckpoint,
  parseNote,
  type Signer,
  type TreeHead,
  type VerifierKey,
} from '@ashiato/tlog/note';
import type { SeenHeads } from './seen-heads.ts';

export interface Answer {
  status: 200 | 400 | 403 | 404 | 409 | 422;
  type: 'text/plain; charset=utf-8' | 'text/x.tlog.size';
  body: string;
}

export interface WitnessDeps {
  logs: readonly VerifierKey[];
  /** A cosignature key. */
  signer: Signer;
  seen: SeenHeads;
  /** Seconds since 1970. */
  now(): number;
}

const PLAIN = 'text/plain; charset=utf-8';
const MAX_PROOF_LINES = 63;
const OLD = /^old (0|[1-9]\d{0,15})$/;
const BASE64_OF_32 = /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/;

/** Answers one body of `add-checkpoint`. What it cosigns is durable in `seen` before the signature exists. */
export function addCheckpoint(body: string, { logs, signer, seen, now }: WitnessDeps): Answer {
  const request = parseRequest(body);
  if (typeof request === 'string') return refused(400, request);
  const { old, proof, note, origin, text } = request;
  const keys = logs.filter(({ name }) => name === origin);
  if (keys.length === 0) return refused(404, 'this witness does not know the log');
  const opened = openCheckpoint(note, { origin, logs: keys });
  if (opened.outcome !== 'verified') return refused(403, `the checkpoint is ${opened.outcome}`);
  const { checkpoint } = opened;
  if (old > checkpoint.size) return refused(400, 'the old size is larger than the checkpoint’s');
  const last = seen.last(origin);
  if (old !== (last?.size ?? 0)) return conflict(last);
  if (last && last.size === checkpoint.size && !same(last, checkpoint)) return conflict(last);
  if (!last && proof.length > 0) return refused(422, 'nothing is to be proven from size 0');
  if (last && !verifyConsistency(last.size, last.root, checkpoint.size, checkpoint.root, proof))
    return refused(422, 'the proof does not show that this tree continues the one of the old size');
  const isNew = !last || checkpoint.size > last.size;
  if (isNew && !seen.advance(origin, old, checkpoint)) return conflict(seen.last(origin));
  return { status: 200, type: PLAIN, body: formatSignature(cosignText(text, signer, now())) };
}

function parseRequest(body: string) {
  const end = body.indexOf('\n\n');
  if (end < 0) return 'expected an empty line before the checkpoint';
  const [oldLine = '', ...lines] = body.slice(0, end).split('\n');
  const old = Number(OLD.exec(oldLine)?.[1] ?? Number.NaN);
  if (!Number.isSafeInteger(old)) return 'line 1: expected old and a tree size';
  if (lines.length > MAX_PROOF_LINES) return `expected at most ${MAX_PROOF_LINES} lines of proof`;
  const bad = lines.findIndex(line => !BASE64_OF_32.test(line));
  if (bad >= 0) return `line ${bad + 2}: expected base64 of 32 bytes`;
  const proof = lines.map(line => new Uint8Array(Buffer.from(line, 'base64')));
  const note = body.slice(end + 2);
  const parsed = parseNote(note);
  if (parsed instanceof Malformed) return parsed.message;
  const checkpoint = parseCheckpoint(parsed.text);
  if (checkpoint instanceof Malformed) return checkpoint.message;
  return { old, proof, note, origin: checkpoint.origin, text: parsed.text };
}

const same = (a: TreeHead, b: TreeHead) => Buffer.compare(a.root, b.root) === 0;
const refused = (status: Answer['status'], why: string): Answer => ({
  status,
  type: PLAIN,
  body: `${why}\n`,
});
const conflict = (last: TreeHead | undefined): Answer => ({
  status: 409,
  type: 'text/x.tlog.size',
  body: `${last?.size ?? 0}\n`,
});
