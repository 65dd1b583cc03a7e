// SPDX-License-Identifier: Apache-2.0
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { createLog } from '@ashiato/ledger/log';
import { type ObjectStore, openObjectStore } from '@ashiato/objects';
import { loadConfig } from '@ashiato/runtime';
import { rootOf, toHex } from '@ashiato/tlog';
import {
  createSigner,
  formatCheckpoint,
  formatNote,
  formatVkey,
  parseVkey,
  signText,
} from '@ashiato/tlog/note';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { notaryConfig } from './config.ts';
import { openLogKey } from './log-key.ts';
import { checkLog, commitSegments, notaryOn, signerThatTells, testSigner } from './notary.testing.ts';

let base: string;
let dir: string;
let objects: ObjectStore;
beforeEach(async () => {
  base = mkdtempSync(join(tmpdir(), 'ashiato-notary-'));
  dir = join(base, 'objects');
  await commitSegments(dir, 0, 2);
  objects = openObjectStore(`file:${dir}`, {});
});
afterEach(async () => {
  await objects.close();
  rmSync(base, { recursive: true, force: true });
});

describe('a notary', () => {
  it('logs a backlog of several batches, each with its checkpoint, and nothing twice', async () => {
    await commitSegments(dir, 1, 40);
    const notary = notaryOn(objects);
    expect((await notary.round()).size).toBe(43);
    expect((await notary.round()).size).toBe(43);
    expect(notary.ready()).toBe(true);
    expect(await checkLog(dir)).toMatchObject({ head: { size: 43 }, checkpoint: 43 });
  });

  it('stops within a backlog when asked, and goes on later', async () => {
    await commitSegments(dir, 1, 5);
    const stop = new AbortController();
    let creates = 0;
    const asked: ObjectStore = {
      ...objects,
      create(key, bytes, options) {
        if (++creates === 3) stop.abort();
        return objects.create(key, bytes, options);
      },
    };
    const { size } = await notaryOn(asked).round(stop.signal);
    expect(size).toBeGreaterThan(0);
    expect(size).toBeLessThan(8);
    expect(await checkLog(dir)).toMatchObject({ head: { size }, checkpoint: size });
    const notary = notaryOn(objects);
    const running = new AbortController();
    const run = notary.run(running.signal);
    while ((await createLog({ objects }).newestCheckpoint())?.size !== 8) await turn();
    running.abort();
    await run;
    expect(await checkLog(dir)).toMatchObject({ head: { size: 8 }, checkpoint: 8 });
  });

  it('finds the newest head and checkpoint among many', async () => {
    const notary = notaryOn(objects);
    for (let i = 0; i < 12; i++) {
      await commitSegments(dir, 0, 1);
      const { size } = await notary.round();
      const fresh = createLog({ objects });
      expect((await fresh.head()).size).toBe(size);
      expect((await fresh.newestCheckpoint())?.size).toBe(size);
    }
  });

  it.each([
    ['and not persisted', false],
    ['but persisted', true],
  ])('goes on after any put that failed %s', async (_, isPersisted) => {
    let step = 0;
    let failAt = 0;
    const failing: ObjectStore = {
      ...objects,
      async create(key, bytes, options) {
        const fails = ++step === failAt;
        if (fails && !isPersisted) throw new Error('put failed');
        const created = await objects.create(key, bytes, options);
        if (fails) throw new Error('put failed');
        return created;
      },
    };
    const round = () => notaryOn(failing, { signer: signerThatTells(dir) }).round();
    await round();
    const puts = 8; // key, index, batch, bundle, tile, place, head, checkpoint
    for (failAt = 1; failAt <= puts; failAt++) {
      await commitSegments(dir, 1, 1);
      step = 0;
      await expect(round()).rejects.toThrow('put failed');
      step = puts + 1;
      await round();
    }
    expect(await checkLog(dir)).toMatchObject({ head: { size: 3 + puts }, checkpoint: 3 + puts });
  });

  it('logs the other partitions when one has a segment that does not follow, and says which', async () => {
    await commitSegments(dir, 1, 1);
    const told: object[] = [];
    const notary = notaryOn(objects, { report: { info() {}, warn: about => void told.push(about) } });
    await notary.round();
    rmSync(join(dir, 'segments/access/00000'), { recursive: true });
    await commitSegments(dir, 0, 3); // another history of that partition
    await commitSegments(dir, 1, 1);
    expect((await notary.round()).places).toMatchObject({ 'access.0': { next: 2 }, 'access.1': { next: 2 } });
    expect(told).toEqual([{ place: 'access.0' }]);
    expect(notary.ready()).toBe(false);
  });

  it('signs no head that does not continue what it signed before', async () => {
    const notary = notaryOn(objects);
    const { size, root } = await notary.round();
    // Objects of another history with a committed head, as whoever can write to the disk could make them.
    for (const folder of ['log/batches', 'log/heads', 'log/places', 'tile', 'segments', 'indexes'])
      rmSync(join(dir, folder), { recursive: true });
    await commitSegments(dir, 0, 4);
    const fresh = openObjectStore(`file:${dir}`, {});
    await expect(notaryOn(fresh).round()).rejects.toThrow(`does not continue the checkpoint of size ${size}`);
    const newest = await createLog({ objects }).newestCheckpoint();
    expect(newest?.note).toContain(Buffer.from(root, 'hex').toString('base64'));
    await fresh.close();
  });

  it('does not go on over a forged checkpoint, or under another key', async () => {
    const { size } = await notaryOn(objects).round();
    const thief = createSigner(testSigner.key.name, new Uint8Array(32).fill(9));
    await expect(notaryOn(objects, { signer: thief }).round()).rejects.toMatchObject({ code: 'LOG' });
    const text = formatCheckpoint({
      origin: testSigner.key.name,
      size: size + 1,
      root: rootOf(new Uint8Array(32)),
    });
    await createLog({ objects }).publish(size + 1, formatNote({ text, signatures: [signText(text, thief)] }));
    await commitSegments(dir, 0, 2);
    await expect(notaryOn(objects).round()).rejects.toThrow('is unsigned');
  });
});

describe('the check of these tests', () => {
  it('finds a signed head that is not committed, and a changed tile', async () => {
    await notaryOn(objects).round();
    const { size } = (await checkLog(dir)).head;
    const path = join(dir, `tile/0/000.p/${size}`);
    const tile = readFileSync(path);
    tile[40]! ^= 1;
    rmSync(path);
    writeFileSync(path, tile);
    await expect(checkLog(dir)).rejects.toThrow(`tile/0/000.p/${size}`);
    tile[40]! ^= 1;
    writeFileSync(path, tile);
    signerThatTells(dir).sign(
      Buffer.from(formatCheckpoint({ origin: 'a', size: 2, root: rootOf(new Uint8Array(64)) })),
    );
    await expect(checkLog(dir)).rejects.toThrow('signed what is not committed');
  });
});

describe('the log’s key', () => {
  const settings = (env: Record<string, string> = {}) => {
    mkdirSync(join(base, 'data'), { recursive: true });
    return loadConfig(notaryConfig, { ASHIATO_DATA_DIR: join(base, 'data'), ...env });
  };

  it('is made once, kept secret, and its public part told', () => {
    const first = openLogKey(settings({ ASHIATO_NOTARY_ORIGIN: 'log.example.jp/trail' }));
    const again = openLogKey(settings());
    expect(formatVkey(again.key)).toBe(formatVkey(first.key));
    expect(first.key.name).toBe('log.example.jp/trail');
    expect(statSync(join(base, 'data/keys/log.skey')).mode & 0o777).toBe(0o600);
    const told = parseVkey(readFileSync(join(base, 'data/log.vkey'), 'utf8').trim());
    expect(told).toMatchObject({ name: first.key.name });
    expect(toHex((told as typeof first.key).publicKey)).toBe(toHex(first.key.publicKey));
  });

  it('is not made where a path was given, and a damaged one is refused without being shown', () => {
    const path = join(base, 'elsewhere');
    expect(() => openLogKey(settings({ ASHIATO_NOTARY_KEY_FILE: path }))).toThrow('cannot be read');
    expect(existsSync(path)).toBe(false);
    writeFileSync(path, 'PRIVATE+KEY+secret');
    expect(() => openLogKey(settings({ ASHIATO_NOTARY_KEY_FILE: path }))).toThrow(
      /skey: expected name\+id\+key/,
    );
  });
});
