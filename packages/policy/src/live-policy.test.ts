// SPDX-License-Identifier: Apache-2.0
// The library of the README, changed under a judge that runs.
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { PolicyBundle } from './bundle.ts';
import { EXAMPLE } from './example.fixture.ts';
import { type LivePolicy, openLivePolicy, settledContents } from './live-policy.ts';
import { readFolder } from './policy-folder.ts';

const dir = mkdtempSync(join(tmpdir(), 'ashiato-live-policy-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

let folder: string;
let told: { info: string[]; error: string[] };
beforeEach(() => {
  folder = mkdtempSync(join(dir, 'library-'));
  told = { info: [], error: [] };
  for (const name of Object.keys(EXAMPLE)) write(name, text => text);
});

function write(name: string, change: (text: string) => string): void {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), change(EXAMPLE[name]!));
}
const open = () =>
  openLivePolicy(folder, {
    log: { info: (_, text) => told.info.push(text), error: (_, text) => told.error.push(text) },
  });

/** Undetermined by the README: it names no loan. */
const USE = {
  time: '2026-06-02T10:00:00+01:00',
  data: { operation: 'use', purpose: 'lending', fields: ['reader.card'] },
};
const outcome = ({ judge }: LivePolicy) => judge.evaluate(USE).strict;
/** A use without a loan becomes a violation, in the rules and in the case that defends them. */
const forbidden = (text: string) =>
  text.replace(/(?<=(?:basis: strict|conforming), )strict: undetermined/, 'strict: violation');
function forbid(): void {
  write('rules.yaml', forbidden);
  write('cases/lending.yaml', forbidden);
}
const breakYaml = () => write('rules.yaml', text => text.replace('code: lent', 'code: [lent'));

const until = (condition: () => boolean) => vi.waitUntil(condition, { timeout: 20_000, interval: 5 });

describe('a reload', () => {
  it('judges by what lies in the folder now, after its bundles were activated', async () => {
    const live = await open();
    const [before] = live.judge.bundles;
    const { judge } = live; // taken once, as services do
    forbid();
    const activated: PolicyBundle[] = [];
    const activate = async (bundles: readonly PolicyBundle[]) => {
      activated.push(...bundles);
      expect(judge.evaluate(USE)).toMatchObject({
        strict: 'undetermined',
        policy: { sha256: before!.sha256 },
      });
    };
    expect(await live.reload(activate)).toBe('reloaded');
    expect(activated).toEqual(judge.bundles);
    expect(judge.bundles[0]!.sha256).not.toBe(before!.sha256);
    expect(judge.evaluate(USE)).toMatchObject({
      strict: 'violation',
      policy: { sha256: activated[0]!.sha256 },
    });
    expect(await live.reload(activate)).toBe('unchanged');
    expect([activated.length, told]).toEqual([1, { info: ['policy reloaded'], error: [] }]);
  });

  it('leaves what runs where the files are broken, and tells all that is wrong, once', async () => {
    const live = await open();
    breakYaml();
    write('registers.yaml', text => text.replace('sample: true', 'sample: perhaps'));
    write('cases/lending.yaml', text => text.replace('literal: violation', 'literal: forbidden'));
    for (let i = 0; i < 3; i++) expect(await live.reload()).toBe('refused');
    expect(outcome(live)).toBe('undetermined');
    expect(live.refused?.error).toMatchObject({ code: 'INVALID' });
    expect(told.error).toHaveLength(1);
    for (const wrong of [
      /rules\.yaml:\d+:\d+ /,
      /registers\.yaml:\d+:\d+ sample/,
      /lending\.yaml:\d+:\d+ cases\.2\.literal/,
    ])
      expect(told.error[0]).toMatch(wrong);
    expect(told.error[0]).toContain(`ashiato policy check ${folder}`);

    write('registers.yaml', text => text.replace('sample: true', 'sample: maybe'));
    expect(await live.reload()).toBe('refused');
    expect(told.error).toHaveLength(2); // another content, told anew
  });

  it('takes the files once they are mended, and notices when they are as they were', async () => {
    const live = await open();
    breakYaml();
    await live.reload();
    write('rules.yaml', text => text);
    expect(await live.reload()).toBe('unchanged');
    expect([live.refused, outcome(live)]).toEqual([null, 'undetermined']);
    breakYaml();
    await live.reload();
    forbid();
    expect(await live.reload()).toBe('reloaded');
    expect([live.refused, outcome(live)]).toEqual([null, 'violation']);
    expect(told.info).toEqual(['the policy folder holds again what runs', 'policy reloaded']);
  });

  it('leaves what runs where a case comes out otherwise, where lint has an error, and where the folder is gone', async () => {
    const live = await open();
    write('rules.yaml', forbidden);
    await live.reload();
    expect(live.refused?.error).toMatchObject({
      code: 'CASE_FAILED',
      message: expect.stringContaining('no loan: strict: expected undetermined, got violation'),
    });
    write('rules.yaml', text => text.replace('clauses: [L2]', 'clauses: [L9]'));
    await live.reload();
    expect(told.error.at(-1)).toContain('expected a declared clause, found "L9"');
    renameSync(folder, `${folder}-away`);
    await live.reload();
    expect(live.refused?.error).toMatchObject({ code: 'UNREADABLE' });
    expect([outcome(live), told.error.length]).toEqual(['undetermined', 3]);
  });

  it('leaves what runs where it cannot be activated, and tries again', async () => {
    const live = await open();
    forbid();
    const away = () => Promise.reject(new Error('the object store is away'));
    for (let i = 0; i < 2; i++) expect(await live.reload(away)).toBe('refused');
    expect([outcome(live), told.error.length]).toEqual(['undetermined', 1]);
    expect(told.error[0]).toContain('the object store is away');
    expect(await live.reload(async () => {})).toBe('reloaded');
    expect([outcome(live), live.refused]).toEqual(['violation', null]);
  });

  it('of nothing but a comment activates nothing new', async () => {
    const live = await open();
    const [{ sha256 }] = live.judge.bundles as [PolicyBundle];
    write('policy.yaml', text => `${text}# seen\n`);
    expect(await live.reload(async ([bundle]) => expect(bundle!.sha256).toBe(sha256))).toBe('reloaded');
  });
});

describe('following', () => {
  function follow(
    live: LivePolicy,
    activate: (bundles: readonly PolicyBundle[]) => Promise<void> = async () => {},
  ) {
    const stop = new AbortController();
    const done = live.follow(stop.signal, { everyMs: 1, activate });
    onTestFinished(() => stop.abort());
    return {
      async stop() {
        stop.abort();
        await done;
      },
    };
  }

  it('takes what changes, tells what is broken once, and ends when asked', async () => {
    const live = await open();
    const { stop } = follow(live);
    breakYaml();
    await until(() => told.error.length > 0);
    forbid();
    await until(() => told.info.length > 0);
    await stop();
    expect([outcome(live), told]).toEqual([
      'violation',
      { info: ['policy reloaded'], error: [expect.any(String)] },
    ]);
  });

  it('tries an activation again until it succeeds, and tells of it once', async () => {
    const live = await open();
    let tries = 0;
    const { stop } = follow(live, async () => {
      if (++tries < 5) throw new Error('the queue is away');
    });
    forbid();
    await until(() => live.judge.evaluate(USE).strict === 'violation');
    await stop();
    expect([tries, told]).toEqual([5, { info: ['policy reloaded'], error: [expect.any(String)] }]);
  });

  it('passes by what is still being written', async () => {
    const first = await readFolder(folder);
    const writes = [
      () => write('rules.yaml', forbidden),
      () => write('cases/lending.yaml', forbidden),
      () => {},
      () => {},
    ];
    async function* looks() {
      for (const one of writes) yield one();
    }
    const found: string[] = [];
    for await (const { digest } of settledContents(folder, first.digest, looks())) found.push(digest);
    const { digest } = await readFolder(folder);
    expect(found).toEqual([digest, digest]);
    expect(digest).not.toBe(first.digest);
  });
});

describe('opening', () => {
  it('throws what is wrong with policy and cases at once', async () => {
    breakYaml();
    write('cases/lending.yaml', text => text.replace('literal: violation', 'literal: forbidden'));
    await expect(open()).rejects.toThrow(/rules\.yaml:[\s\S]*lending\.yaml:/);
  });

  it('throws on a case that comes out otherwise', async () => {
    write('rules.yaml', forbidden);
    await expect(open()).rejects.toMatchObject({ code: 'CASE_FAILED' });
  });
});
