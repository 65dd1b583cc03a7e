// SPDX-License-Identifier: Apache-2.0
// A day's stamp from a real authority (`openssl ts`) over HTTP.
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { createLog } from '@ashiato/ledger/log';
import { openObjectStore } from '@ashiato/objects';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openAuthority } from '../../../packages/ledger/src/time-stamp/authority.testing.ts';
import { commitSegments, notaryOn } from './notary.testing.ts';
import { createStamps } from './stamps.ts';

const HOUR_MS = 3_600_000;
const base = mkdtempSync(join(tmpdir(), 'ashiato-stamps-'));
const dir = join(base, 'objects');
const authority = openAuthority(join(base, 'authority'));
const objects = openObjectStore(`file:${dir}`, {});
const log = createLog({ objects });
let asked = 0;
let answer: (request: Buffer) => Buffer = authority.answer;
const server = createServer(async (request, response) => {
  asked++;
  expect(request.headers['content-type']).toBe('application/timestamp-query');
  response.end(answer(await buffer(request)));
});
let url = '';
let later = 0;
const now = () => Date.now() + later;

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
afterAll(async () => {
  server.close().closeAllConnections();
  await objects.close();
  rmSync(base, { recursive: true, force: true });
});

/** One more segment, and a round of a notary that knows nothing of earlier ones. */
async function round(place = url) {
  await commitSegments(dir, 0, 1);
  const told: unknown[] = [];
  const stamp = createStamps({ log, url: place, timeoutMs: 2000, now });
  const notary = notaryOn(objects, { stamp, report: { info() {}, warn: about => void told.push(about) } });
  const { size } = await notary.round();
  expect(notary.ready()).toBe(true);
  return { size, told };
}

it('stamps a checkpoint once a day, so that OpenSSL verifies it', async () => {
  const first = await round();
  const stamp = (await log.newestStamp())!;
  expect(stamp.size).toBe(first.size);
  authority.verify(stamp.response, Buffer.from((await log.checkpointAt(stamp.size))!));
  later = 20 * HOUR_MS;
  await round();
  expect([asked, (await log.newestStamp())!.size]).toEqual([1, first.size]);
  later = 25 * HOUR_MS;
  const next = await round();
  expect([asked, (await log.newestStamp())!.size]).toEqual([2, next.size]);
});

it('keeps nothing that does not stamp this checkpoint, and goes on without', async () => {
  later = 100 * HOUR_MS;
  const kept = (await log.newestStamp())!;
  answer = () => Buffer.from(kept.response);
  expect((await round()).told).toEqual([{ problem: 'the stamp is over other bytes' }]);
  answer = authority.refuse;
  expect((await round()).told).toEqual([{ problem: 'the authority answered status 2' }]);
  expect((await round('http://127.0.0.1:9/')).told).toMatchObject([
    { problem: expect.stringContaining('does not answer') },
  ]);
  expect((await log.newestStamp())!.size).toBe(kept.size);
});
