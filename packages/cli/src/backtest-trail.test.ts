// SPDX-License-Identifier: Apache-2.0
// Back-tests of real segments in a folder store, recorded as the recorder does.
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  createLedger,
  cutMembers,
  delivered,
  digestOf,
  type EventDraft,
  encryptMember,
  newRecordKey,
  type RecordDraft,
  records,
  segmentKey,
  type Tip,
} from '@ashiato/ledger';
import { openObjectStore } from '@ashiato/objects';
import { bundleText, compile, type Judge, type PolicyBundle } from '@ashiato/policy';
import { loadPolicies, shippedPolicy } from '@ashiato/policy/load';
import { instantOf, judgeEvent, type Period } from '@ashiato/policy/trail';
import { decode, formatRecordId } from '@ashiato/schema';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BacktestReport } from './backtest-report.ts';
import { type BacktestState, type Question, readState } from './backtest-state.ts';
import { type BacktestOptions, backtestTrail } from './backtest-trail.ts';

const ALWAYS: Period = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };
const SEGMENT_RECORDS = 20;
const dir = mkdtempSync(join(tmpdir(), 'ashiato-backtest-'));
const trail = join(dir, 'objects');
/** The bytes of every record, by its id. */
const sent = new Map<string, Buffer>();
let recorder: Judge;
/** The first policy with other rules and registers, and with another date. */
let draft: Judge;
let later: Judge;

const event = (n: number, data: object, more: object = {}) => ({
  specversion: '1.0',
  id: `e-${n}`,
  source: '/desk/1',
  type: 'io.ashiato.access.v1',
  time: new Date(Date.UTC(2026, 5, 1) + n * 3_600_000).toISOString(),
  ...more,
  data: {
    actor: { id: 'E-1', type: 'user' },
    subject: { ref: 'K-1' },
    operation: 'use',
    fields: ['basic.name'],
    purpose: 'billing',
    business: 'electricity',
    refs: { contract: 'C-1' },
    ...data,
  },
});

/** One event of every sort that the trail holds, again and again, each at another hour. */
const SORTS: ((n: number) => string | Buffer)[] = [
  n => JSON.stringify(event(n, {})),
  n => JSON.stringify(event(n, { fields: ['customer.age'] })),
  n =>
    JSON.stringify(
      event(n, { fields: ['basic.name', 'basic.phone'], purpose: 'customer_contact', refs: {} }),
    ),
  n => JSON.stringify(event(n, { purpose: 'selling' })),
  n => JSON.stringify(event(n, { memo: 'called back' })), // outside the schema
  n => JSON.stringify(event(n, { purpose: 'two words', fields: ['basic.name', 'and more'] })), // malformed
  n => JSON.stringify(event(n, { fields: ['basic.phone'] }), null, 1), // with line feeds: kept as base64
  n =>
    JSON.stringify(
      event(n, {
        operation: 'provide',
        recipient: { category: 'financial_institution', id: 'bank-a' },
        refs: { contract: 'C-1', agreement: 'agr-bank-a' },
      }),
    ),
  n => JSON.stringify(event(n, {}, { time: '2020-01-01T00:00:00Z' })), // before the policy
  n => JSON.stringify(event(n, {}, { time: 'yesterday' })),
  () => JSON.stringify(event(0, {})), // a redelivery of the first
  n => JSON.stringify({ ...event(n, {}), type: 'io.ashiato.beacon.v1', data: {} }),
  () => Buffer.from('{"id": 1'),
];
const EVENTS = 8 * SORTS.length;

async function record(messages: readonly Buffer[], partition: number): Promise<void> {
  const objects = openObjectStore(`file:${trail}`, {});
  const ledger = createLedger({ objects });
  const tip = await ledger.takeOver('access', partition);
  for (let from = 0; from < messages.length; from += SEGMENT_RECORDS) {
    const keys = new Map<number, string>();
    const records = messages
      .slice(from, from + SEGMENT_RECORDS)
      .map((bytes, at) => recordOf(bytes, from + at, tip, keys));
    await ledger.commit(tip, {
      records,
      gaps: [],
      policies: recorder.bundles.map(({ id, version, sha256, source_sha256 }) => ({
        id,
        version,
        sha256,
        source_sha256,
      })),
      sources: tip.sources.takeTouched(),
      clusterId: null,
      createdAt: new Date(),
      recorder: 'test',
      evaluator: 'test',
      keys,
    });
  }
  await objects.close();
}

function recordOf(bytes: Buffer, offset: number, tip: Tip, keys: Map<number, string>): RecordDraft {
  const id = formatRecordId('access', tip.partition, offset);
  sent.set(id, bytes);
  const decoded = decode('access', bytes);
  const key = newRecordKey();
  const common = { offset, appendedAt: 1_790_000_000_000 + offset };
  if (decoded.kind === 'unreadable') {
    keys.set(offset, key.toString('base64'));
    const encrypted = encryptMember(key, id, '', bytes);
    return { kind: 'unreadable', ...common, problem: decoded.problem, bytes: bytes.length, encrypted };
  }
  const digest = digestOf(decoded.text, new Set(decoded.strays.keys()));
  const delivery = tip.sources.place(delivered(decoded.event, digest, offset));
  const verdict = judgeEvent(decoded, recorder).json;
  const plain: EventDraft = {
    kind: 'event',
    ...common,
    text: decoded.text,
    bytes: decoded.bytes,
    verdict,
    delivery,
  };
  if (decoded.strays.size === 0) return plain;
  keys.set(offset, key.toString('base64'));
  return { ...plain, ...cutMembers(decoded.text, decoded.strays, key, id) };
}

/** A folder with the first policy, changed: JSON is YAML too. */
async function policyWith(
  name: string,
  change: (documents: Pick<PolicyBundle, 'policy' | 'rules' | 'registers'>) => void,
): Promise<Judge> {
  const { policy, rules, registers } = structuredClone(recorder.bundles[0]!);
  change({ policy, rules, registers });
  const folder = join(dir, name);
  await mkdir(folder);
  const documents = {
    policy: { ...policy, rules: 'rules.yaml', registers: 'registers.yaml' },
    rules,
    registers,
  };
  for (const [file, document] of Object.entries(documents)) {
    const text = JSON.stringify(document, null, 1).replaceAll(/^ +/gm, '');
    await writeFile(join(folder, `${file}.yaml`), text);
  }
  return compile(await loadPolicies(folder));
}

const backtest = async (
  judge: Judge,
  change: Partial<Omit<BacktestOptions, 'question'> & Period & { question: Partial<Question> }> = {},
) => {
  const { from = ALWAYS.from, to = ALWAYS.to, question, ...options } = change;
  const objects = openObjectStore(`file:${trail}`, {});
  try {
    return await backtestTrail(
      { objects, ledger: createLedger({ objects }), judge, period: { from, to } },
      {
        stateFile: undefined,
        onProgress: () => {},
        ...options,
        question: { ...QUESTION, policies: judge.bundles.map(({ sha256 }) => sha256), ...question },
      },
    );
  } finally {
    await objects.close();
  }
};
const QUESTION: Question = {
  trail,
  policies: [],
  throughout: false,
  from: null,
  to: null,
  first: 3,
  changes: null,
};
const lines = (path: string) =>
  readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line));

beforeAll(async () => {
  recorder = compile(await loadPolicies(shippedPolicy()));
  draft = await policyWith('draft', ({ policy, rules, registers }) => {
    policy.purposes.find(({ id }) => id === 'billing')!.not_needed = ['basic.phone'];
    registers.agreements.find(({ id }) => id === 'agr-bank-a')!.nda = false;
    rules.rules.find(({ code }) => code === 'purpose_unlisted')!.literal = 'undetermined';
  });
  later = await policyWith('later', ({ policy }) => {
    policy.effective_from = '2030-04-01';
  });
  const objects = openObjectStore(`file:${trail}`, {});
  const [{ sha256 }] = recorder.bundles as [Judge['bundles'][number]];
  await objects.create(`policies/${sha256}.json`, Buffer.from(bundleText(recorder.bundles[0]!)));
  await objects.close();
  const messages = Array.from({ length: EVENTS }, (_, n) => Buffer.from(SORTS[n % SORTS.length]!(n)));
  await record(messages, 0);
  await record(messages.toReversed(), 1);
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe('under the very policy that judged', () => {
  it('nothing changes, whatever the records are', async () => {
    const { tally } = await backtest(recorder);
    const rounds = EVENTS / SORTS.length;
    expect(tally).toMatchObject({
      records: 2 * EVENTS,
      changed: 0,
      reasons: 0,
      out_of_force: 0,
      clauses: {},
    });
    expect(tally.left_out).toEqual({
      unreadable: 2 * rounds,
      no_access: 2 * rounds,
      redelivery: 2 * rounds, // each partition holds the first event nine times
      time_unreadable: 0,
      outside_period: 0,
    });
    const left = Object.values(tally.left_out).reduce((sum, count) => sum + count, 0);
    expect(tally.accesses).toBe(tally.records - left);
  });
});

/** What the recorder would have committed of the same bytes under another policy, by record id. */
function committed(judge: Judge): Map<string, { literal: string; strict: string }> {
  const verdicts = [...sent].flatMap(([id, bytes]) => {
    const decoded = decode('access', bytes);
    const verdict = decoded.kind === 'event' ? JSON.parse(judgeEvent(decoded, judge).json) : null;
    return verdict ? [[id, { literal: verdict.literal, strict: verdict.strict }] as const] : [];
  });
  return new Map(verdicts);
}

describe('under another policy', () => {
  it('finds exactly what the recorder would have judged otherwise', async () => {
    const changes = join(dir, 'exact.jsonl');
    const { tally } = await backtest(draft, { question: { changes } });
    const [before, after] = [committed(recorder), committed(draft)];
    const redelivered = new Set(await redeliveries());
    const differing = [...before]
      .filter(
        ([id]) => !redelivered.has(id) && JSON.stringify(before.get(id)) !== JSON.stringify(after.get(id)),
      )
      .map(([id]) => ({ id, recorded: before.get(id), now: after.get(id) }));
    const found = lines(changes).map(({ id, recorded, now }) => ({ id, recorded, now }));
    const byId = (one: { id: string }, other: { id: string }) => (one.id < other.id ? -1 : 1);
    expect(found.sort(byId)).toEqual(differing.sort(byId));
    expect(tally.changed).toBe(differing.length);
    expect(new Set(differing.map(({ now }) => now!.strict)).size).toBe(3);
  });

  it('names the clauses that stood against an access, and those that do now, with the first records', async () => {
    const { tally } = await backtest(draft, { from: ALWAYS.from });
    const { 'C2-P03': billing, 'C4-S1': secrecy, 'C2-P12': purposes, ...others } = tally.clauses;
    expect(Object.keys(others).sort()).toEqual(['C4-V1']);
    expect(billing!.steps).toEqual({
      literal: {},
      strict: { 'undetermined → conforming': 16, 'conforming → undetermined': 16 },
    });
    expect(secrecy!.steps).toEqual({
      literal: { 'conforming → undetermined': 16 },
      strict: { 'conforming → violation': 16 },
    });
    expect(purposes!.steps.literal).toEqual({ 'violation → undetermined': 16 });
    expect(billing!.first).toHaveLength(3);
    for (const id of billing!.first) expect(sent.has(id)).toBe(true);
  });

  it('judges by the dates of its versions, or as if it had always been in force', async () => {
    const dated = await backtest(later);
    expect(dated.tally.out_of_force).toBe(dated.tally.accesses - 32); // out of force before, or without a time
    const throughout = compile(later.bundles, { throughout: true });
    const { tally } = await backtest(throughout);
    expect(tally).toMatchObject({ out_of_force: 0, steps: { strict: { 'undetermined → conforming': 16 } } });
    expect(tally.changed).toBe(16); // those of 2020 alone: a time that cannot be read is in no version's
  });
});

async function redeliveries(): Promise<string[]> {
  const objects = openObjectStore(`file:${trail}`, {});
  const found: string[] = [];
  for (const partition of [0, 1]) {
    for await (const segment of createLedger({ objects }).walk('access', partition)) {
      for (const line of records(segment)) {
        if ('delivery' in line && line.delivery?.kind === 'redelivery')
          found.push(formatRecordId('access', partition, line.offset));
      }
    }
  }
  await objects.close();
  return found;
}

describe('a period', () => {
  it('is half-open, of the zone\u2019s days, and of events\u2019 own times', async () => {
    const from = instantOf('2026-06-02', 'Asia/Tokyo');
    const to = instantOf('2026-06-03', 'Asia/Tokyo');
    expect(to - from).toBe(86_400_000);
    const times = [...sent.values()].flatMap(bytes => {
      const decoded = decode('access', bytes);
      return decoded.kind === 'event' && decoded.event.type.includes('access') ? [decoded.event.time!] : [];
    });
    expect(times).toContain(new Date(from).toISOString());
    expect(times).toContain(new Date(to).toISOString());
    const { tally } = await backtest(draft, { from, to });
    const whole = await backtest(draft);
    const inside = times.filter(time => Date.parse(time) >= from && Date.parse(time) < to).length;
    expect(tally.accesses).toBe(inside);
    expect(tally.left_out.time_unreadable).toBe(16);
    expect(tally.accesses + tally.left_out.outside_period + tally.left_out.time_unreadable).toBe(
      whole.tally.accesses,
    );
  });
});

describe('a back-test that is stopped', () => {
  const question = (name: string) => ({ changes: join(dir, `${name}.jsonl`) });

  it('goes on where it was, at whatever segment it was stopped', async () => {
    const whole = await backtest(draft, { question: question('whole') });
    const all = whole.segments;
    expect(all).toBeGreaterThan(8);
    for (let stop = 1; stop <= all; stop++) {
      // Kept after each segment; every other time, only after the first: what came since is done once more.
      const stateFile = join(dir, `state-${stop}`);
      const keepEveryMs = stop % 2 === 0 ? 0 : 1e9;
      const stopping = backtest(draft, {
        question: question('stopped'),
        stateFile,
        keepEveryMs,
        onProgress: done => {
          if (done === stop) throw new Error('stopped');
        },
      });
      await expect(stopping).rejects.toThrow('stopped');
      const { tally, segments } = await backtest(draft, { question: question('stopped'), stateFile });
      expect({ tally, segments }).toEqual({ tally: whole.tally, segments: all });
      expect(lines(question('stopped').changes)).toEqual(lines(question('whole').changes));
      expect(() => statSync(stateFile)).toThrow('ENOENT');
    }
  });

  it('leaves what came after its start to another one', async () => {
    const stateFile = join(dir, 'state-grown');
    const stopping = backtest(recorder, {
      stateFile,
      keepEveryMs: 0,
      onProgress: done => {
        if (done === 2) throw new Error('stopped');
      },
    });
    await expect(stopping).rejects.toThrow('stopped');
    await record([Buffer.from(SORTS[0]!(1000))], 2);
    const { tally } = await backtest(recorder, { stateFile });
    expect(tally.records).toBe(2 * EVENTS);
    expect((await backtest(recorder)).tally.records).toBe(2 * EVENTS + 1);
    rmSync(join(trail, 'segments/access/00002'), { recursive: true });
  });

  it('is not mixed up with another question', () => {
    const path = join(dir, 'state-other');
    const state = { format: 'ashiato.backtest/1', question: { ...QUESTION, from: 5 } } as BacktestState;
    writeFileSync(path, JSON.stringify(state));
    expect(readState(path, { ...QUESTION, from: 5 })).toEqual(state);
    expect(() => readState(path, { ...QUESTION, first: 9 })).toThrow('differs in from, first');
    writeFileSync(path, 'something else');
    expect(() => readState(path, QUESTION)).toThrow('differs in format');
    expect(readFileSync(path, 'utf8')).toBe('something else');
  });
});

describe('the trail', () => {
  it('is not written to', async () => {
    const files = () =>
      readdirSync(trail, { recursive: true, withFileTypes: true })
        .filter(entry => entry.isFile())
        .map(entry => join(entry.parentPath, entry.name))
        .map(path => [path, statSync(path).mtimeMs, statSync(path).size]);
    const before = files();
    await backtest(draft, {
      stateFile: join(dir, 'state-untouched'),
      question: { changes: join(dir, 'c.jsonl') },
    });
    expect(files()).toEqual(before);
  });

  it('that has a hole is refused, not judged in part', async () => {
    const path = join(trail, segmentKey('access', 1, SEGMENT_RECORDS));
    const bytes = readFileSync(path);
    rmSync(path);
    await expect(backtest(draft)).rejects.toThrow(
      `access.1.${SEGMENT_RECORDS}: expected a segment that begins there`,
    );
    writeFileSync(path, bytes);
  });

  it('that lacks the policy that judged is refused', async () => {
    const path = join(trail, `policies/${recorder.bundles[0]!.sha256}.json`);
    const bytes = readFileSync(path);
    rmSync(path);
    await expect(backtest(draft)).rejects.toThrow('is not stored, though records were judged by it');
    writeFileSync(path, bytes.toString('utf8').replace('billing', 'billing2'));
    await expect(backtest(draft)).rejects.toMatchObject({ code: 'MISMATCH' });
    writeFileSync(path, bytes);
  });
});

describe('the command', () => {
  const run = promisify(execFile);
  const command = (...args: string[]) =>
    run(process.execPath, [
      '--disable-warning=ExperimentalWarning',
      join(import.meta.dirname, 'main.ts'),
      ...['policy', 'backtest', '--data-dir', dir, ...args],
    ]);

  it('prints what the back-test found, and exits with 0 whether anything changes or not', async () => {
    const { stdout } = await command('astmax-energy', '--json');
    const { policy, period, segments, result, clauses } = JSON.parse(stdout) as BacktestReport;
    expect(policy).toMatchObject({ id: 'astmax-energy', throughout: false });
    expect(period).toEqual({ from: null, to: null, tz: 'Asia/Tokyo' });
    const { tally, segments: all } = await backtest(recorder);
    expect({ ...result, clauses: {} }).toEqual(tally);
    expect([segments, clauses]).toEqual([all, []]);
  });

  it('tells it to people in both languages', async () => {
    const path = join(dir, 'draft', 'policy.yaml');
    const args = [path, '--first', '1', '--from', '2026-06-01', '--to', '2026-06-08'];
    const { stdout } = await command(...args);
    const [, period, read, left, , changed, literal, strict, , columns] = stdout.split('\n');
    expect(stdout).toContain(
      `astmax-energy 2024-04-01 (sha256 ${draft.bundles[0]!.sha256.slice(0, 16)}), as if always in force`,
    );
    expect(period).toBe("events' time: [2026-06-01, 2026-06-08) Asia/Tokyo");
    expect(read).toMatch(/^read 12 segments, 208 records; judged \d+ accesses again$/);
    expect(left).toMatch(/^left out: unreadable 16, no access 16, redelivery 16, time unreadable 16/);
    expect(changed).toMatch(/^\d+ accesses are judged otherwise$/);
    expect([literal, strict].join()).toContain('conforming → violation');
    expect(columns).toMatch(/^clause +accesses +literal +strict +first records$/);
    const japanese = await command(...args, '--lang', 'ja');
    expect(japanese.stdout).toMatch(/^再判定に使った方針: [^\n]*常に有効であるとして\n事象の時刻: /);
    expect(japanese.stdout).toContain('適合 → 違反');
  });

  it.each([
    [
      ['astmax-energy', '--from', '2026-02-30'],
      '--from: expected a day as YYYY-MM-DD or an RFC 3339 time, got 2026-02-30',
    ],
    [['astmax-energy', '--from', '2026-06-02', '--to', '2026-06-02'], '--to: expected a time after --from'],
    [['astmax-energy', '--tz', 'Moon'], '--tz: expected a time zone such as Asia/Tokyo, got Moon'],
    [['astmax-energy', '--first', 'all'], '--first: expected a whole number, got all'],
    [['nowhere@1'], 'cannot read the policy folder nowhere'],
    [['astmax-energy', '--changes', '/nowhere/x.jsonl'], '/nowhere/x.jsonl: cannot be written'],
  ])('refuses %j and says why', async (args, told) => {
    await expect(command(...args)).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining(told) });
  });
});
