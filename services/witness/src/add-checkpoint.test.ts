// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { consistencyProof, leafHash, rootOf } from '@ashiato/tlog';
import {
  createSigner,
  formatCheckpoint,
  formatNote,
  openCheckpoint,
  type Signer,
  signText,
} from '@ashiato/tlog/note';
import { afterAll, beforeEach, expect, it } from 'vitest';
import { addCheckpoint, type WitnessDeps } from './add-checkpoint.ts';
import { openSeenHeads } from './seen-heads.ts';

const base = mkdtempSync(join(tmpdir(), 'ashiato-witness-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));

const log = createSigner('log.example/one', new Uint8Array(32).fill(1));
const other = createSigner('log.example/other', new Uint8Array(32).fill(2));
const signer = createSigner('witness.example', new Uint8Array(32).fill(3), 'cosignature');
const leaves = Buffer.concat(Array.from({ length: 20 }, (_, i) => leafHash(Buffer.from([i]))));
const forked = Buffer.concat([leaves.subarray(0, 96), leaves.subarray(128)]);
const first = (count: number, of: Buffer = leaves) => of.subarray(0, count * 32);

let deps: WitnessDeps;
let name = 0;
beforeEach(() => {
  deps = {
    logs: [log.key],
    signer,
    seen: openSeenHeads(join(base, `${name++}.db`)),
    now: () => 1_700_000_000,
  };
});

function checkpointOf(
  size: number,
  { by = log, origin = by.key.name, of = leaves }: { by?: Signer; origin?: string; of?: Buffer } = {},
) {
  const text = formatCheckpoint({ origin, size, root: rootOf(first(size, of)) });
  return formatNote({ text, signatures: [signText(text, by)] });
}

function ask(old: number, size: number, { note, proof }: { note?: string; proof?: Uint8Array[] } = {}) {
  const hashes = proof ?? (old <= size ? consistencyProof(first(size), old) : []);
  const lines = hashes.map(hash => `${Buffer.from(hash).toString('base64')}\n`).join('');
  return addCheckpoint(`old ${old}\n${lines}\n${note ?? checkpointOf(size)}`, deps);
}

it('cosigns the first checkpoint, the next ones, and the same again', () => {
  for (const [old, size] of [
    [0, 5],
    [5, 5],
    [5, 6],
    [6, 20],
  ] as const) {
    const answer = ask(old, size);
    expect(answer.status, `${old} to ${size}`).toBe(200);
    const note = checkpointOf(size) + answer.body;
    expect(
      openCheckpoint(note, { origin: log.key.name, logs: [log.key], witnesses: [signer.key] }),
    ).toMatchObject({
      outcome: 'verified',
      signed: [{ key: log.key }, { key: signer.key, time: 1_700_000_000 }],
    });
  }
});

it('refuses a rollback, and says what it has seen', () => {
  ask(0, 7);
  const size = { status: 409, type: 'text/x.tlog.size', body: '7\n' };
  expect(ask(0, 5)).toEqual(size);
  expect(ask(5, 5)).toEqual(size);
  expect(ask(5, 9)).toEqual(size);
  expect(ask(7, 5)).toMatchObject({ status: 400 });
});

it('refuses heads that disagree, of the same size or of a larger tree', () => {
  ask(0, 7);
  expect(ask(7, 7, { note: checkpointOf(7, { of: forked }) })).toMatchObject({ status: 409, body: '7\n' });
  const note = checkpointOf(12, { of: forked });
  expect(ask(7, 12, { note })).toMatchObject({ status: 422 });
  expect(ask(7, 12, { note, proof: consistencyProof(first(12, forked), 7) })).toMatchObject({ status: 422 });
  expect(ask(7, 12).status).toBe(200);
});

it('refuses proofs that do not fit', () => {
  expect(ask(0, 3, { proof: [new Uint8Array(32)] }).status).toBe(422);
  ask(0, 3);
  expect(ask(3, 9, { proof: [] }).status).toBe(422);
  expect(ask(3, 9, { proof: [...consistencyProof(first(9), 3), new Uint8Array(32)] }).status).toBe(422);
});

it('refuses other logs and other signers', () => {
  expect(ask(0, 3, { note: checkpointOf(3, { by: other }) }).status).toBe(404);
  expect(ask(0, 3, { note: checkpointOf(3, { by: other, origin: log.key.name }) }).status).toBe(403);
  expect(ask(0, 3, { note: checkpointOf(3).replace('\n3\n', '\n4\n') }).status).toBe(403);
});

it.each([
  ['nothing', ''],
  ['no old size', `\n\n${checkpointOf(3)}`],
  ['a leading zero', `old 00\n\n${checkpointOf(3)}`],
  ['a short hash', `old 0\nAAAA\n\n${checkpointOf(3)}`],
  ['a hash with bits left over', `old 0\n${'A'.repeat(42)}B=\n\n${checkpointOf(3)}`],
  ['64 lines', `old 0\n${`${'A'.repeat(43)}=\n`.repeat(64)}\n${checkpointOf(3)}`],
  ['no checkpoint', 'old 0\n\n'],
  ['a note that is none', 'old 0\n\na\n1\nb\n\n— x AAAA\n'],
])('refuses %s as malformed', (_, body) => {
  expect(addCheckpoint(body, deps).status).toBe(400);
});

it('signs nothing that is not kept first, and keeps it over a restart', () => {
  const path = join(base, 'kept.db');
  let kept = 0;
  const seen = openSeenHeads(path);
  const telling: Signer = {
    key: signer.key,
    sign(message) {
      kept = seen.last(log.key.name)!.size;
      return signer.sign(message);
    },
  };
  deps = { ...deps, seen, signer: telling };
  ask(0, 4);
  expect(kept).toBe(4);
  ask(4, 9);
  expect(kept).toBe(9);
  seen.close();
  const again = openSeenHeads(path);
  deps = { ...deps, seen: again };
  expect(ask(4, 12)).toMatchObject({ status: 409, body: '9\n' });
  again.close();
});

it('on one folder twice, cannot be led two ways', () => {
  const path = join(base, 'shared.db');
  const [one, two] = [openSeenHeads(path), openSeenHeads(path)];
  expect([
    one.advance('a', 0, { size: 3, root: rootOf(first(3)) }),
    two.advance('a', 0, { size: 5, root: rootOf(first(5)) }),
  ]).toEqual([true, false]);
  expect([
    two.advance('a', 3, { size: 6, root: rootOf(first(6)) }),
    one.advance('a', 3, { size: 7, root: rootOf(first(7)) }),
  ]).toEqual([true, false]);
  expect(one.last('a')?.size).toBe(6);
});
