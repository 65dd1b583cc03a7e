// SPDX-License-Identifier: Apache-2.0
// A record's proof as an outsider checks it, and the log as one reads it over HTTP: without a token, trusting one key.
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLog } from '@ashiato/ledger/log';
import { parseLeaf, verifyRecord } from '@ashiato/ledger/proof';
import { leafHash } from '@ashiato/tlog';
import { formatVkey, openCheckpoint, parseVkey } from '@ashiato/tlog/note';
import { parsePolicy, verifyTlogProof } from '@ashiato/tlog/proof';
import { createTileReader } from '@ashiato/tlog/tiles';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accessEvent, openScene, type Scene } from './api.testing.ts';
import { notarise, signer } from './notarise.testing.ts';
import { provenRecord } from './record-proofs.ts';

const policy = parsePolicy(`log ${formatVkey(signer.key)}\nquorum none\n`);
if (policy instanceof Error) throw policy;

let scene: Scene;
beforeAll(async () => {
  scene = await openScene([accessEvent('e-1'), accessEvent('e-2', { subject: { ref: 'K-88' } }), 'no json']);
});
afterAll(() => scene.stop());

const publicly = (path: string) => fetch(scene.url + path);
const proofOf = async (id: string, query = '') =>
  scene.ask(`/v1/records/${id}/proof${query}`, { role: 'investigator' });

test('before the notary came, everything of the log says so', async () => {
  expect(await proofOf('access.0.0')).toMatchObject({ status: 404, body: { code: 'record_not_logged' } });
  for (const path of ['/checkpoint', '/log.vkey'])
    expect(await (await publicly(path)).json()).toMatchObject({ status: 404, code: 'no_checkpoint' });
  expect(await (await publicly('/tile/0/000')).json()).toMatchObject({ code: 'tile_not_found' });
  expect(scene.reads).toEqual([]);
});

test('a record proves itself up to a checkpoint, and the read is recorded', async () => {
  await notarise(scene.objects);
  for (const offset of [0, 1, 2]) {
    const { status, body } = await proofOf(`access.0.${offset}`);
    expect(status).toBe(200);
    const { id, tlog_proof, ...proof } = provenRecord.parse(body);
    expect(verifyRecord(proof)).toMatchObject({ outcome: 'proven', offset });
    const leaf = leafHash(Buffer.from(proof.leaf));
    expect(verifyTlogProof(tlog_proof, leaf, policy)).toMatchObject({ outcome: 'accepted' });
    expect(verifyTlogProof(tlog_proof, leafHash(Buffer.from(`${proof.leaf} `)), policy).outcome).toBe(
      'not_included',
    );
    expect(JSON.stringify(body)).not.toContain('E-100');
  }
  expect(scene.reads.map(({ operation, subjects }) => [operation, subjects])).toEqual([
    ['read_proof', ['K-77']],
    ['read_proof', ['K-88']],
    ['read_proof', []],
  ]);
});

test('it names the staff only when asked', async () => {
  const { body } = await proofOf('access.0.0', '?named=true');
  expect(verifyRecord(provenRecord.parse(body)).outcome).toBe('proven');
  expect(provenRecord.parse(body).who?.text).toContain('E-100');
  expect(await proofOf('access.0.0', '?named=perhaps')).toMatchObject({
    status: 400,
    body: { code: 'invalid_parameter' },
  });
});

test('it is for those who may read proofs, of records that are there', async () => {
  expect((await scene.ask('/v1/records/access.0.0/proof', { role: 'viewer' })).status).toBe(403);
  expect(await proofOf('access.0.9')).toMatchObject({ status: 404, body: { code: 'record_not_found' } });
  expect(await proofOf('nonsense')).toMatchObject({ status: 404, body: { code: 'record_not_found' } });
});

test('the log is read over HTTP by anybody, from the key on', async () => {
  const key = parseVkey((await (await publicly('/log.vkey')).text()).trim());
  if (key instanceof Error) throw key;
  const answer = await publicly('/checkpoint');
  expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
  const opened = openCheckpoint(await answer.text(), { origin: key.name, logs: [key] });
  if (opened.outcome !== 'verified') throw new Error(opened.outcome);
  const source = {
    async read(path: string) {
      const response = await publicly(`/${path}`);
      if (response.status === 404) return undefined;
      expect(response.headers.get('cache-control')).toContain('immutable');
      return new Uint8Array(await response.arrayBuffer());
    },
  };
  const kinds: (string | undefined)[] = [];
  for await (const entry of createTileReader(source, opened.checkpoint).entries(0, opened.checkpoint.size))
    kinds.push(parseLeaf(entry)?.kind);
  expect(kinds.at(-1)).toBe('segment');
  expect(kinds).not.toContain(undefined);
  for (const path of ['/tile/0/0', '/tile/64/000', '/tile/../keys/x', '/tile/entries/000.p/300'])
    expect((await publicly(path)).status, path).toBe(404);
});

test('a damaged log is told as damaged, and proves nothing', async () => {
  const { size } = (await createLog(scene).newestCheckpoint())!;
  const path = join(scene.dir, `objects/tile/0/000.p/${size}`);
  const tile = readFileSync(path);
  tile[3]! ^= 1;
  chmodSync(path, 0o600);
  writeFileSync(path, tile);
  const { ask } = await scene.variant({ log: createLog(scene) });
  expect(await ask('/v1/records/access.0.0/proof')).toMatchObject({
    status: 503,
    body: { code: 'log_unavailable', detail: expect.stringContaining(`tile/0/000.p/${size}`) },
  });
});
