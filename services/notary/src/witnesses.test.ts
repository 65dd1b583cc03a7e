// SPDX-License-Identifier: Apache-2.0
// The notary and real witnesses over HTTP: k of n, one that is away, one that lies, one that has seen another history.
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLog } from '@ashiato/ledger/log';
import { type ObjectStore, openObjectStore } from '@ashiato/objects';
import { rootOf } from '@ashiato/tlog';
import { createSigner, formatSignature, formatVkey, type Signer, signText } from '@ashiato/tlog/note';
import { checkPolicy, parsePolicy, type TlogPolicy } from '@ashiato/tlog/proof';
import { createWitnessServer, openSeenHeads } from '@ashiato/witness';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { commitSegments, notaryOn, testSigner } from './notary.testing.ts';
import { createWitnesses } from './witnesses.ts';

let base: string;
let dir: string;
let objects: ObjectStore;
const servers: Server[] = [];
beforeEach(async () => {
  base = mkdtempSync(join(tmpdir(), 'ashiato-witnesses-'));
  dir = join(base, 'objects');
  await commitSegments(dir, 0, 2);
  objects = openObjectStore(`file:${dir}`, {});
});
afterEach(async () => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
  await objects.close();
  rmSync(base, { recursive: true, force: true });
});

const keyOf = (name: string): Signer =>
  createSigner(`${name}.example`, Buffer.from(name.padEnd(32, '.')), 'cosignature');

async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  servers.push(server);
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function witness(name: string): Promise<string> {
  const seen = openSeenHeads(join(base, `${name}.db`));
  const deps = { logs: [testSigner.key], signer: keyOf(name), seen, now: () => 1_700_000_000 };
  return listen(createWitnessServer(deps, { info() {}, error() {} }));
}

function policyOf(threshold: number, urls: Record<string, string>): TlogPolicy {
  const names = Object.keys(urls);
  const lines = names.map(name => `witness ${name} ${formatVkey(keyOf(name).key)} ${urls[name]}\n`).join('');
  const policy = parsePolicy(
    `log ${formatVkey(testSigner.key)}\n${lines}group q ${threshold} ${names.join(' ')}\nquorum q\n`,
  );
  if (policy instanceof Error) throw policy;
  return policy;
}

function notaryWith(policy: TlogPolicy) {
  const refusals: object[] = [];
  const notary = notaryOn(objects, {
    witnesses: createWitnesses(policy, 2000),
    report: { info() {}, warn: about => void refusals.push(about) },
  });
  return { notary, refusals };
}

const newest = () => createLog({ objects }).newestCheckpoint();

it('publishes what the quorum has cosigned, round after round', async () => {
  const policy = policyOf(2, { a: await witness('a'), b: await witness('b') });
  const { notary, refusals } = notaryWith(policy);
  for (const size of [3, 4, 5]) {
    await notary.round();
    expect((await newest())?.size).toBe(size);
    expect(checkPolicy(policy, (await newest())!.note)).toMatchObject({
      outcome: 'accepted',
      witnessed: [{}, {}],
    });
    await commitSegments(dir, 0, 1);
  }
  // A notary that starts anew knows of no witness how far it is; the witness says so.
  const again = notaryWith(policy);
  expect((await again.notary.round()).size).toBe(6);
  expect((await newest())?.size).toBe(6);
  expect([...refusals, ...again.refusals]).toEqual([]);
});

it('goes on with k of n when one is away, and publishes nothing with fewer', async () => {
  const [a, away] = [await witness('a'), 'http://127.0.0.1:9'];
  const two = notaryWith(policyOf(2, { a, away }));
  await two.notary.round();
  expect(await newest()).toBeUndefined();
  expect(two.notary.ready()).toBe(false);
  expect(two.refusals).toMatchObject([
    { witness: 'away', reason: expect.stringMatching(/^does not answer/) },
  ]);
  const one = notaryWith(policyOf(1, { a, away }));
  await one.notary.round();
  expect((await newest())?.size).toBe(3);
  expect(one.notary.ready()).toBe(true);
});

it('counts no signature that does not verify', async () => {
  const liar = await listen(
    createServer((request, response) => {
      const wrong = keyOf('liar').sign(Buffer.from('something else'));
      const { name, id } = keyOf('liar').key;
      request.resume();
      response.end(
        formatSignature({ name, keyId: id, bytes: new Uint8Array([...new Uint8Array(8), ...wrong]) }),
      );
    }),
  );
  const note = signText('a\n', testSigner);
  const parrot = await listen(
    createServer((request, response) => {
      request.resume();
      response.end(formatSignature(note));
    }),
  );
  const { notary, refusals } = notaryWith(policyOf(1, { liar, parrot }));
  await notary.round();
  expect(await newest()).toBeUndefined();
  expect(refusals).toMatchObject([
    { witness: 'liar', reason: 'answered with a signature that is forged' },
    { witness: 'parrot', reason: 'answered with a signature that is unsigned' },
  ]);
});

it('is not cosigned by a witness that has seen another history, or a longer one', async () => {
  const a = await witness('a');
  const seen = openSeenHeads(join(base, 'a.db'));
  const { notary, refusals } = notaryWith(policyOf(1, { a }));
  seen.advance(testSigner.key.name, 0, { size: 2, root: rootOf(new Uint8Array(64)) });
  await notary.round();
  expect(await newest()).toBeUndefined();
  expect(refusals).toMatchObject([{ witness: 'a', reason: 'answered 422' }]);
  seen.advance(testSigner.key.name, 2, { size: 900, root: rootOf(new Uint8Array(64)) });
  await notary.round();
  expect(await newest()).toBeUndefined();
  expect(refusals).toHaveLength(2);
  expect(refusals[1]).toMatchObject({ reason: 'has seen 900 entries, this checkpoint has 3' });
  seen.close();
});
