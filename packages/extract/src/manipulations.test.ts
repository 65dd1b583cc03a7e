// SPDX-License-Identifier: Apache-2.0
// The README's table of manipulations, run on both verifiers: in Node, and verify.html in Chromium.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openVerifyPage } from './chromium.testing.ts';
import { buildVerifyPage } from './index.ts';
import { flipped, makeManipulations } from './manipulations.testing.ts';
import { bytesOf } from './trail.testing.ts';
import { openExtract, verifyExtract } from './verify/index.ts';

const { all, good, vkey } = await makeManipulations();
const folder = await mkdtemp(join(tmpdir(), 'ashiato-manipulations-'));
const pagePath = join(folder, 'verify.html');
await writeFile(pagePath, await buildVerifyPage());
const browser = await openVerifyPage(pagePath);
afterAll(async () => {
  await browser.close();
  await rm(folder, { recursive: true, force: true });
});

describe.each(all)('$name', ({ code, file, key, previous }) => {
  it('is reported by the verifier in Node', async () => {
    const options = { ...(key ? { logKey: key } : {}), ...(previous ? { previous: bytesOf(previous) } : {}) };
    const { ok, faults } = await verifyExtract(bytesOf(file), options);
    expect([ok, faults[0]?.code], JSON.stringify(faults)).toEqual([code === undefined, code]);
  });

  it('is reported by the page alike', async () => {
    const [path, earlier] = [join(folder, 'it.zip'), join(folder, 'earlier.zip')];
    await writeFile(path, file);
    if (previous) await writeFile(earlier, previous);
    const found = await browser.verify({
      file: path,
      ...(key ? { key } : {}),
      ...(previous ? { previous: earlier } : {}),
    });
    expect(found.codes[0], found.text).toBe(code);
    expect(browser.complaints).toEqual([]);
  });
});

it('a byte flipped in any member is reported with its name', async () => {
  const { manifest } = await openExtract(bytesOf(good));
  const names = [...manifest.members.map(({ name }) => name), 'manifest.json'];
  const starts = names.map(name => Buffer.from(good).indexOf(name) + Buffer.byteLength(name));
  for (const [i, name] of names.entries()) {
    const stored = manifest.members[i]?.size ?? 500;
    for (const at of [0, Math.floor(Math.min(stored, 400) / 8), 5].map(more => starts[i]! + more)) {
      const { ok, faults } = await verifyExtract(bytesOf(flipped(good, at)), { logKey: vkey });
      expect([ok, faults[0]?.place], `${name} at ${at}: ${JSON.stringify(faults)}`).toEqual([false, name]);
    }
  }
});

it('a byte flipped anywhere is found', async () => {
  const step = Math.ceil(good.length / 300);
  for (let at = 0; at < good.length; at += step) {
    for (const mask of [0x01, 0x80]) {
      const { ok } = await verifyExtract(bytesOf(flipped(good, at, mask)), { logKey: vkey });
      expect(ok, `byte ${at} of ${good.length}`).toBe(false);
    }
  }
});

it('the README’s table is this list', async () => {
  const readme = await readFile(join(import.meta.dirname, '../README.md'), 'utf8');
  const rows = [...readme.matchAll(/^\| ([^|]+?) +\| `(\w+)`/gm)].map(([, name, code]) => [name, code]);
  expect(rows).toEqual(all.filter(one => one.code !== undefined).map(({ name, code }) => [name, code]));
});
