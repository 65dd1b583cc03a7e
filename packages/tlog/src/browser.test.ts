// SPDX-License-Identifier: Apache-2.0
// The library in a real browser: bundled as a page would bundle it, with nothing of Node in it.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { build, type Rolldown } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as inNode from './all-doors.testing.ts';
import { good, type Notes, vectors } from './vectors.testing.ts';

/** What the bundle leaves on the page. */
declare const tlog: typeof inNode;

const CHROMIUM = '/usr/bin/chromium';

async function bundle(): Promise<string> {
  const entry = join(import.meta.dirname, 'all-doors.testing.ts');
  const built = (await build({
    configFile: false,
    logLevel: 'error',
    build: { write: false, minify: true, lib: { entry, formats: ['iife'], name: 'tlog' } },
  })) as Rolldown.RolldownOutput[];
  return built[0]!.output[0].code;
}

describe('in Chromium', () => {
  let code: string;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    if (!existsSync(CHROMIUM)) {
      throw new Error(`expected ${CHROMIUM}, found none: apt-get install -y chromium`);
    }
    code = await bundle();
    browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
      ],
    });
    page = await browser.newPage();
    await page.addScriptTag({ content: code });
  });
  afterAll(() => browser?.close());

  it('has nothing of Node in it', () => {
    expect(code.match(/.{0,30}(node:|\bBuffer\b|\bprocess\.).{0,30}/)).toBeNull();
    expect(code.length).toBeGreaterThan(10_000);
  });

  it('opens the published notes and refuses them changed', async () => {
    const outcomes = await page.evaluate(({ spec, arche }: Notes) => {
      const keyOf = (vkey: string) => {
        const key = tlog.parseVkey(vkey);
        if (key instanceof tlog.Malformed) throw key;
        return key;
      };
      const keys = {
        origin: 'arche2025h1.staging.ct.transparency.dev',
        logs: [keyOf(arche.log)],
        witnesses: arche.witnesses.map(keyOf),
      };
      const opened = tlog.openCheckpoint(arche.note, keys);
      return [
        tlog.openNote(spec.note, [keyOf(spec.vkey)]).outcome,
        tlog.openNote(spec.note.replace('an example', 'no example'), [keyOf(spec.vkey)]).outcome,
        opened.outcome === 'verified' ? opened.signed.length : opened.outcome,
      ];
    }, vectors<Notes>('notes'));
    expect(outcomes).toEqual(['verified', 'forged', 5]);
  });

  it('writes, reads, signs and proves a log, to the same bytes as here', async () => {
    const proveOne = async (lib: typeof inNode) => {
      const files = new Map<string, Uint8Array>();
      const store = {
        read: async (path: string) => files.get(path),
        create: async (path: string, bytes: Uint8Array) => !files.has(path) && !!files.set(path, bytes),
      };
      const entries = Array.from({ length: 700 }, (_, i) => new TextEncoder().encode(`entry ${i}`));
      let head = await lib.appendEntries(store, { size: 0, root: lib.emptyRoot() }, entries.slice(0, 300));
      head = await lib.appendEntries(store, head, entries.slice(300));
      const signer = lib.createSigner('example.com/log', new Uint8Array(32).fill(1));
      const text = lib.formatCheckpoint({ origin: 'example.com/log', ...head });
      const checkpoint = lib.formatNote({ text, signatures: [lib.signText(text, signer)] });
      const hashes = await lib.createTileReader(store, head).inclusionProof(420);
      const proof = lib.formatTlogProof({ index: 420, hashes, checkpoint });
      const policy = lib.parsePolicy(`log ${lib.formatVkey(signer.key)}\nquorum none\n`);
      if (policy instanceof lib.Malformed) throw policy;
      const verdict = (leaf: number) =>
        lib.verifyTlogProof(proof, lib.leafHash(entries[leaf]!), policy).outcome;
      return { proof, right: verdict(420), wrong: verdict(421) };
    };
    // The page has a copy of the function, and its own library.
    const there = await page.evaluate<Awaited<ReturnType<typeof proveOne>>>(`(${proveOne})(tlog)`);
    expect(there).toMatchObject({ right: 'accepted', wrong: 'not_included' });
    expect(await proveOne(inNode)).toEqual(there);
    expect(good(inNode.parseTlogProof(there.proof)).index).toBe(420);
  });
});
