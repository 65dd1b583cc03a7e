// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { openAuthority } from './authority.testing.ts';
import { openStamp, stampRequest } from './index.ts';

const dir = mkdtempSync(join(tmpdir(), 'ashiato-tsa-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
const authority = openAuthority(dir);
const data = Buffer.from('a checkpoint\n');
const { body, nonce } = await stampRequest(data);
const response = authority.answer(body);

it('is asked for and opened as OpenSSL does it', async () => {
  const opened = await openStamp(response, data, nonce);
  if (opened.outcome !== 'stamped') throw new Error(opened.problem);
  expect(Math.abs(opened.time.getTime() - Date.now())).toBeLessThan(600_000);
  expect(await openStamp(response, data)).toEqual(opened);
  authority.verify(response, data);
  expect(() => authority.verify(response, Buffer.from('other'))).toThrow();
});

it('is refused over other bytes, or in answer to another request', async () => {
  expect(await openStamp(response, Buffer.from('other'), nonce)).toEqual({
    outcome: 'refused',
    problem: 'the stamp is over other bytes',
  });
  const again = await stampRequest(data);
  expect(await openStamp(response, data, again.nonce)).toEqual({
    outcome: 'refused',
    problem: 'the stamp answers another request',
  });
});

it('is refused when the authority refuses, or answers something else', async () => {
  expect(await openStamp(authority.refuse(), data)).toEqual({
    outcome: 'refused',
    problem: 'the authority answered status 2',
  });
  expect((await openStamp(Buffer.from('junk'), data)).outcome).toBe('refused');
  expect((await openStamp(Buffer.of(), data)).outcome).toBe('refused');
});

it('is refused with any byte of the signature or of what is signed changed', async () => {
  for (let at = response.length - 1; at > response.length - 256; at -= 37) {
    const flipped = Buffer.from(response);
    flipped[at]! ^= 1;
    expect((await openStamp(flipped, data, nonce)).outcome, `byte ${at}`).toBe('refused');
  }
  const time = response.indexOf(Buffer.from('Z', 'latin1'), response.indexOf(Buffer.from('2a0304', 'hex')));
  const later = Buffer.from(response);
  later[time - 1] = later[time - 1] === 0x30 ? 0x31 : 0x30;
  expect((await openStamp(later, data, nonce)).outcome).toBe('refused');
});
