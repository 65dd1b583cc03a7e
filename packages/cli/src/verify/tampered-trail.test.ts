// SPDX-License-Identifier: Apache-2.0
// What somebody who can write to the disk and to ClickHouse may try, one thing at a time, and how `verify` names it. The
// whole command is run for a segment, a row and a tile; the rest asks the same code directly.
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { startClickHouse } from '@ashiato/clickhouse-embedded';
import { createLedger, indexKey, type RecordDraft, segmentKey } from '@ashiato/ledger';
import { createLog, gatherEntries } from '@ashiato/ledger/log';
import { openObjectStore } from '@ashiato/objects';
import { decode } from '@ashiato/schema';
import { fromHex, rootOf } from '@ashiato/tlog';
import {
  createSigner,
  formatCheckpoint,
  formatNote,
  formatVkey,
  type Signer,
  signText,
} from '@ashiato/tlog/note';
import { openWarehouse, rebuild } from '@ashiato/warehouse';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Fault } from './fault.ts';
import { verifyTrail } from './verify-trail.ts';

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));
const dir = mkdtempSync(join(tmpdir(), 'ashiato-tampered-'));
const root = join(dir, 'objects');
const password = randomUUID();
const signer = createSigner('log.example/cli', new Uint8Array(32).fill(4));
const engine = await startClickHouse({ dir: join(dir, 'clickhouse'), password });
const objects = openObjectStore(`file:${root}`, {});
const warehouse = openWarehouse({ url: engine.url, password });
const ledger = createLedger({ objects });
const untouched = new Map<string, Buffer>();

beforeAll(async () => {
  await commit(0, 3);
  await commit(0, 3);
  await notarise();
  await commit(0, 2);
  await commit(1, 1);
  await notarise();
  await rebuild({ warehouse, ledger, streams: ['access'] });
  writeFileSync(join(dir, 'password'), password);
});
afterEach(() => {
  for (const [path, bytes] of untouched) {
    mkdirSync(join(path, '..'), { recursive: true });
    rmSync(path, { force: true });
    writeFileSync(path, bytes);
  }
  untouched.clear();
});
afterAll(async () => {
  await warehouse.close();
  await objects.close();
  await engine.stop();
  rmSync(dir, { recursive: true, force: true });
});

async function commit(partition: number, count: number): Promise<void> {
  const tip = await ledger.takeOver('access', partition);
  const records = Array.from({ length: count }, (_, i): RecordDraft => {
    const offset = tip.next + i;
    const event = {
      specversion: '1.0',
      id: `e-${partition}-${offset}`,
      source: '/services/a/1',
      type: 'io.ashiato.access.v1',
      time: '2026-10-01T09:30:00+09:00',
      data: {
        actor: { id: 'E-1', type: 'user' },
        subject: { ref: `K-${offset}` },
        operation: 'use',
        fields: [],
        purpose: 'billing',
      },
    };
    const decoded = decode('access', Buffer.from(JSON.stringify(event)));
    if (decoded.kind === 'unreadable') throw new Error(decoded.problem);
    const { text, bytes, who } = decoded;
    return {
      kind: 'event',
      offset,
      appendedAt: 1_790_000_000_000 + offset,
      text,
      bytes,
      who,
      verdict: 'null',
    };
  });
  const made = {
    clusterId: null,
    createdAt: new Date(),
    recorder: 'test',
    evaluator: 'test',
    keys: new Map(),
  };
  await ledger.commit(tip, { records, gaps: [], policies: [], sources: [], ...made });
}

/** What a notary does, without a notary. */
async function notarise(): Promise<void> {
  const log = createLog({ objects });
  await log.claim(formatVkey(signer.key));
  const before = await log.head();
  const { size, root } = await log.advance(
    before,
    async () => (await gatherEntries({ objects, ledger }, before)).entries,
  );
  await log.publish(size, signed(signer, size, fromHex(root)!));
}

function signed(by: Signer, size: number, root: Uint8Array): string {
  const text = formatCheckpoint({ origin: signer.key.name, size, root });
  return formatNote({ text, signatures: [signText(text, by)] });
}

/** Changes a stored object, for this test only; undefined takes it away. */
function tamper(key: string, change: (bytes: Buffer) => Buffer | undefined): void {
  const path = join(root, key);
  const bytes = untouched.get(path) ?? readFileSync(path);
  untouched.set(path, bytes);
  if (existsSync(path)) chmodSync(path, 0o600);
  const changed = change(Buffer.from(bytes));
  if (changed) writeFileSync(path, changed);
  else rmSync(path, { force: true });
}
const flip = (at: number) => (bytes: Buffer) => {
  bytes[at < 0 ? bytes.length + at : at]! ^= 1;
  return bytes;
};
const rewrite = (from: string, to: string) => (bytes: Buffer) =>
  zstdCompressSync(Buffer.from(zstdDecompressSync(bytes).toString('utf8').replace(from, to)));

async function ashiatoVerify(...args: string[]) {
  const env = {
    PATH: process.env.PATH,
    ASHIATO_DATA_DIR: dir,
    ASHIATO_CLICKHOUSE_URL: engine.url,
    ASHIATO_CLICKHOUSE_PASSWORD_FILE: join(dir, 'password'),
  };
  const child = [MAIN, 'verify', '--json', '--data-dir', dir, ...args];
  return new Promise<{ code: number; faults: Fault[]; report: Record<string, unknown>; stderr: string }>(
    done => {
      execFile(
        process.execPath,
        ['--disable-warning=ExperimentalWarning', ...child],
        { env },
        (error, stdout, stderr) => {
          const report = JSON.parse(stdout || '{}');
          done({ code: error ? Number(error.code) : 0, faults: report.faults, report, stderr });
        },
      );
    },
  );
}

async function faults(): Promise<Fault[]> {
  const log = createLog({ objects });
  return (await verifyTrail({ objects, ledger, log, warehouse }, { projection: false, onProgress() {} }))
    .faults;
}

const SECOND = segmentKey('access', 0, 3);

describe('ashiato verify', () => {
  test('has nothing to say of an untouched trail, pinned or not', async () => {
    const { code, report, faults: found } = await ashiatoVerify('--log-key', formatVkey(signer.key));
    expect({ code, found }).toEqual({ code: 0, found: [] });
    expect(report).toMatchObject({
      log: { size: 4, checkpoint: 4, checkpoints: 2, unlogged: 0, pinned: true },
      partitions: [
        { to: 7, logged_to: 7, projected_to: 7 },
        { to: 0, logged_to: 0, projected_to: 0 },
      ],
    });
  });

  test('names the segment of which one stored byte was changed', async () => {
    tamper(SECOND, flip(-20));
    const { code, faults: found, stderr } = await ashiatoVerify();
    expect(code).toBe(1);
    expect(found[0]).toMatchObject({ place: SECOND });
    expect(new Set(found.map(({ place }) => place))).toEqual(new Set([SECOND]));
    expect(stderr).toContain(SECOND);
  });

  test('names the record that was rewritten in a segment that is whole otherwise', async () => {
    tamper(SECOND, rewrite('"ref":"K-4"', '"ref":"K-9"'));
    const { code, faults: found } = await ashiatoVerify();
    expect(code).toBe(1);
    expect(found).toMatchObject([
      { kind: 'projection', place: SECOND, fault: expect.stringContaining('access.0.4, event_digest') },
      {
        kind: 'log',
        place: SECOND,
        fault: 'differs from entry 1 of the log in root, sha256, stored_sha256, indexes',
      },
    ]);
  });

  test('names the row that was changed in ClickHouse', async () => {
    const update = "ALTER TABLE records UPDATE purpose = 'marketing' WHERE partition = 0 AND offset = 4";
    await warehouse.client.command({ query: update, clickhouse_settings: { mutations_sync: '2' } });
    const { code, faults: found } = await ashiatoVerify();
    await rebuild({ warehouse, ledger, streams: ['access'] });
    expect(code).toBe(1);
    expect(found).toEqual([
      {
        kind: 'projection',
        place: 'access.0.4',
        fault: 'column purpose differs from the segment; "ashiato rebuild" mends it',
      },
    ]);
  });

  test('names the tile of which one byte was changed', async () => {
    tamper('tile/0/000.p/4', flip(70));
    const { code, faults: found } = await ashiatoVerify();
    expect(code).toBe(1);
    expect(found).toEqual([
      {
        kind: 'tile',
        place: 'tile/0/000.p/4',
        fault: 'hash 2 of level 0 (byte 70) is not what the entries give',
      },
    ]);
  });

  test('refuses a log of another key than the one given', async () => {
    const other = createSigner(signer.key.name, new Uint8Array(32).fill(9));
    const { code, faults: found } = await ashiatoVerify(
      '--no-projection',
      '--log-key',
      formatVkey(other.key),
    );
    expect(code).toBe(1);
    expect(found.map(({ fault }) => fault)).toEqual(
      Array(2).fill('is unsigned under the key log.example/cli'),
    );
    expect((await ashiatoVerify('--log-key', 'nonsense')).code).toBe(2);
  });
});

describe('in the log', () => {
  const checkpoint = 'log/checkpoints/0000000000000/002';

  test('a tile of an earlier size, an entry and a missing tile are named', async () => {
    tamper('tile/0/000.p/2', flip(0));
    tamper('tile/entries/000.p/4', bytes =>
      Buffer.from(bytes.toString('latin1').replace('"to":5', '"to":4'), 'latin1'),
    );
    expect(await faults()).toEqual([
      {
        kind: 'tile',
        place: 'tile/0/000.p/2',
        fault: 'hash 0 of level 0 (byte 0) is not what the entries give',
      },
      { kind: 'tile', place: 'tile/entries/000.p/4', fault: 'entry 1 is not the one that was logged' },
    ]);
    tamper('tile/0/000.p/4', () => undefined);
    expect((await faults()).at(-1)).toEqual({ kind: 'tile', place: 'tile/0/000.p/4', fault: 'is missing' });
  });

  test('a second history that was signed is named', async () => {
    tamper(checkpoint, () => Buffer.from(signed(signer, 2, rootOf(new Uint8Array(64)))));
    expect(await faults()).toEqual([
      {
        kind: 'log',
        place: checkpoint,
        fault: 'its root is not what the first 2 entries give: two histories were signed',
      },
    ]);
  });

  test('a checkpoint under another name, or forged, is named', async () => {
    const { root } = await createLog({ objects }).headAt(4);
    tamper(checkpoint, () => Buffer.from(signed(signer, 4, fromHex(root)!)));
    expect((await faults()).map(({ fault }) => fault)).toEqual(['is of 4 entries, its name says 2']);
    tamper(checkpoint, bytes => Buffer.from(bytes.toString().replace(/\n2\n/, '\n3\n')));
    expect((await faults()).map(({ place }) => place)).toEqual([checkpoint]);
  });

  test.each([
    ['a batch', 'log/batches/0000000000000/002.json', 'untimed\\":0', 'untimed\\":1', 'root'],
    ['a head’s root', 'log/heads/0000000000000/004.json', '"before":2,', '"before":1,', 'before'],
    ['a head’s places', 'log/heads/0000000000000/004.json', '"next":8', '"next":9', 'places'],
  ])('%s that was changed is named by what disagrees', async (_, key, from, to, what) => {
    tamper(key, bytes => Buffer.from(bytes.toString().replace(from, to)));
    expect((await faults())[0]).toEqual({
      kind: 'log',
      place: 'the batch after 2 entries',
      fault: `its entries give another ${what} than the head of 4 entries holds`,
    });
  });

  test('the newest head that is damaged or gone is named', async () => {
    const newest = 'log/heads/0000000000000/004.json';
    tamper(newest, () => Buffer.from('{}'));
    expect(await faults()).toEqual([
      {
        kind: 'log',
        place: 'the batch after 2 entries',
        fault: `${newest} is missing, or not a head of this size`,
      },
    ]);
    tamper(newest, () => undefined);
    expect(await faults()).toEqual([
      {
        kind: 'log',
        place: 'log/checkpoints/0000000000000/004',
        fault: 'is of 4 entries, the newest head that is stored has 2',
      },
    ]);
  });

  test('a time stamp that is none, or of a checkpoint that is not there, is named', async () => {
    const stamps = ['002', '003'].map(name => `log/stamps/0000000000000/${name}.tsr`);
    mkdirSync(join(root, 'log/stamps/0000000000000'), { recursive: true });
    for (const key of stamps) writeFileSync(join(root, key), 'no stamp');
    const found = await faults();
    rmSync(join(root, 'log/stamps'), { recursive: true });
    expect(found).toMatchObject([
      { kind: 'log', place: stamps[0], fault: expect.stringContaining('no time-stamp response') },
      { kind: 'log', place: stamps[1], fault: 'is a stamp of a checkpoint that is not there' },
    ]);
  });

  test('a missing batch is named', async () => {
    tamper('log/batches/0000000000000/000.json', () => undefined);
    expect((await faults())[0]).toMatchObject({
      place: 'the batch after 0 entries',
      fault: expect.stringContaining('is missing'),
    });
  });
});

describe('of a segment', () => {
  test('any changed byte is named as that segment, wherever it stands', async () => {
    const { length } = readFileSync(join(root, SECOND));
    for (let at = 0; at < length; at += 3) {
      tamper(SECOND, flip(at));
      const places = (await faults()).map(({ place }) => place);
      expect({ at, named: [...new Set(places.map(place => place.split(' in ').at(-1)))] }).toEqual({
        at,
        named: [SECOND],
      });
    }
  });

  test('the last one, taken away, is named by its entry; so is one in the middle, and the rest is still checked', async () => {
    const last = segmentKey('access', 0, 6);
    tamper(last, () => undefined);
    expect(await faults()).toEqual([
      { kind: 'chain', place: last, fault: 'is missing: entry 2 of the log is of it' },
    ]);
    tamper(SECOND, () => undefined);
    expect((await faults()).map(({ place }) => place)).toEqual([SECOND, last]);
  });

  test('a changed or missing index and a wrong note of its place are named', async () => {
    const index = indexKey('access', 0, 3);
    tamper(index, rewrite('K-4', 'K-9'));
    const place = 'log/places/access/00000/00000000000000000003';
    tamper(place, () => Buffer.from('2\n'));
    expect(await faults()).toEqual([
      { kind: 'log', place: SECOND, fault: 'is entry 1 of the log, log/places says 2' },
      { kind: 'index', place: index, fault: expect.stringContaining('subject index does not have the root') },
    ]);
    tamper(index, () => undefined);
    expect((await faults())[1]).toEqual({ kind: 'index', place: index, fault: 'is missing' });
  });
});
