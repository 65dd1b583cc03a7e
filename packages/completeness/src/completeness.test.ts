// SPDX-License-Identifier: Apache-2.0
// Statements about a real ledger in a folder: what is complete, every gap with its place, and reading in stretches.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { writeStart } from '@ashiato/ledger';
import { type CompletenessStatement, completenessStatement as shape } from '@ashiato/schema';
import { expect, test } from 'vitest';
import { createCompleteness, noAccessRefusal } from './index.ts';
import {
  accessText,
  beacon,
  byTime,
  eventText,
  newKey,
  openTestTrail,
  registerOf,
  type Said,
  Service,
  START,
  system,
} from './trail.testing.ts';

const { privateKey, publicKey } = newKey();
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const desk = [system('desk', ['/s/desk'])];

/** Beacons each minute from START on: what a recorder puts into every partition. */
const beacons = (minutes: number): Said[] =>
  Array.from({ length: minutes + 1 }, (_, i) => beacon(START + i * MINUTE));

/** A trail of the desk's hour with a beacon each minute for an hour and a half. */
async function scene(lives: readonly Service[], { systems = desk, more = [] as Said[] } = {}) {
  const trail = openTestTrail(registerOf(publicKey, systems));
  await trail.commit(byTime(beacons(90), ...lives.map(({ said }) => said), more));
  return { ...trail, completeness: createCompleteness(() => trail.store) };
}

const hour = { from: START, to: START + HOUR };
const codes = ({ gaps }: CompletenessStatement) => gaps.map(({ code, place }) => `${code} ${place}`);
const wholeHour = (source = '/s/desk/1', epoch = 1) =>
  new Service(source, epoch, privateKey).live(Array.from({ length: 80 }, (_, i) => i % 4));

test('an hour that is all there: every figure, and no gap', async () => {
  const { completeness } = await scene([wholeHour()]);
  const statement = await completeness.statement(hour);
  expect(shape.parse(statement)).toEqual(statement);
  expect(codes(statement)).toEqual([]);
  expect(statement).toMatchObject({
    complete: true,
    partitions: [
      { stream: 'access', partition: 0, first: 0, unreadable: 0, gaps: [], rests_on: 'segment_chain' },
    ],
    sources: [
      {
        source: '/s/desk/1',
        epoch: '1',
        state: 'sealed',
        first: 1,
        missing: [],
        faults: 0,
        rests_on: 'seal',
      },
    ],
    systems: [{ id: 'desk', state: 'sealed', sources: ['/s/desk/1'], rests_on: 'seal' }],
    in_flight: [{ stream: 'access', partition: 0, projected_to: null, unsealed: [] }],
  });
  const [source] = statement.sources;
  expect(source!.records).toBe(source!.last! - source!.first! + 1);
  expect(noAccessRefusal(statement, { from: statement.from, to: statement.to })).toEqual({ refused: false });
  const other = { from: statement.from, to: new Date(START + 2 * HOUR).toISOString() };
  expect(noAccessRefusal(statement, other)).toMatchObject({ refused: true, because: 'other_interval' });
});

test('the certificate is refused on any gap of its interval, which is named; a gap elsewhere does not matter', async () => {
  const { said } = wholeHour();
  const lost = said.filter(({ text }) => JSON.parse(text).sequence !== '20');
  const service = Object.assign(wholeHour(), { said: lost });
  const { completeness } = await scene([service]);
  const statement = await completeness.statement(hour);
  expect(codes(statement)).toEqual(['missing_numbers /s/desk/1 epoch 1']);
  expect(statement.gaps[0]).toMatchObject({
    en: expect.stringContaining('number 20 did not arrive'),
    ja: expect.stringContaining('番号 20が届いていません'),
  });
  expect(statement.sources[0]).toMatchObject({ missing: [[20, 20]], faults: 1 });
  const refusal = noAccessRefusal(statement, statement);
  expect(refusal).toEqual({ refused: true, because: 'gaps', gaps: statement.gaps });
  const later = await completeness.statement({ from: START + 40 * MINUTE, to: START + HOUR });
  expect(codes(later)).toEqual([]);
});

test('a crash: the next start names the end, in another partition too; otherwise the tail is unknown', async () => {
  const crashed = () => new Service('/s/desk/1', 1, privateKey).live([2, 3], { stop: false });
  const rest = Array.from({ length: 80 }, () => 1);
  const next = (previous_epoch?: { epoch: string; last: string }) =>
    new Service('/s/desk/1', 2, privateKey, START + 4 * MINUTE).live(rest, {
      start: previous_epoch ? { previous_epoch } : {},
    });
  async function stated(first: Service, second: Service) {
    const trail = openTestTrail(registerOf(publicKey, desk));
    await trail.commit(byTime(beacons(90), first.said));
    await trail.commit(byTime(beacons(90), second.said), { partition: 1 });
    return codes(await createCompleteness(() => trail.store).statement(hour));
  }
  expect(await stated(crashed(), next({ epoch: '1', last: '5' }))).toEqual([]);
  // Two more were written before it died; they are in the spool of a machine that is gone.
  expect(await stated(crashed(), next({ epoch: '1', last: '7' }))).toEqual([
    'missing_numbers /s/desk/1 epoch 1',
  ]);
  expect(await stated(crashed().access(2), next({ epoch: '1', last: '7' }))).toEqual([]);
  expect(await stated(crashed().access(2), next({ epoch: '1', last: '6' }))).toEqual([
    'tail_disagrees /s/desk/1 epoch 1',
  ]);
  expect(await stated(crashed(), next())).toEqual(['unknown_tail /s/desk/1 epoch 1']);
});

test('a source that fell silent before the interval is silent in it', async () => {
  const service = new Service('/s/desk/1', 1, privateKey).live([1, 1], { stop: false });
  const { completeness } = await scene([service]);
  const statement = await completeness.statement({ from: START + 30 * MINUTE, to: START + 40 * MINUTE });
  expect(codes(statement)).toEqual(['silent /s/desk/1 epoch 1']);
  expect(statement.sources).toMatchObject([{ records: 0, state: 'sealed', faults: 1 }]);
});

test('a source that will not come back is retired by a control event, with its last number', async () => {
  const gone = () => new Service('/s/desk/1', 1, privateKey).live([1, 1], { stop: false });
  const other = new Service('/s/desk/2', 1, privateKey).live(Array.from({ length: 80 }, () => 1));
  async function stated(last: string) {
    const trail = await scene([gone(), other]);
    const data = { by: { id: 'E-9', type: 'user' }, source: '/s/desk/1', epoch: '1', last, case: 'C-1' };
    const text = eventText('io.ashiato.control.source_retired.v1', '/ashiato/cli', START + 5 * MINUTE, {
      data,
    });
    await trail.commit(byTime(beacons(90), [{ at: START + 5 * MINUTE, text }]), { stream: 'control' });
    return codes(await trail.completeness.statement({ from: START + 3 * MINUTE, to: START + HOUR }));
  }
  expect(await stated('2')).toEqual([]);
  expect(await stated('4')).toEqual(['missing_numbers /s/desk/1 epoch 1']);
});

test('a trail that does not reach the interval, and one that begins in it', async () => {
  const { completeness } = await scene([wholeHour()]);
  expect(codes(await completeness.statement({ from: START - HOUR, to: START + HOUR }))).toEqual([
    'not_begun access.0',
  ]);
  const ahead = await completeness.statement({ from: START + HOUR, to: START + 3 * HOUR });
  expect(codes(ahead)).toEqual(['not_reached access.0']);
  expect(ahead.in_flight[0]!.committed_to).toBe(ahead.partitions[0]!.committed_to);
});

test('a segment taken away, and one that was changed, break the chain at their key', async () => {
  const trail = await scene([wholeHour()]);
  const folder = join(trail.dir, 'segments/access/00000');
  const victim = readdirSync(folder).sort()[2]!;
  rmSync(join(folder, victim), { force: true });
  expect(codes(await trail.completeness.statement(hour))[0]).toBe(
    `chain_broken segments/access/00000/${victim}`,
  );

  const other = await scene([wholeHour()]);
  const changed = join(other.dir, 'segments/access/00000', victim);
  const raw = zstdDecompressSync(readFileSync(changed)).toString().replace('basic.name', 'basic.nama');
  rmSync(changed, { force: true });
  writeFileSync(changed, zstdCompressSync(raw));
  const [first, ...rest] = codes(await other.completeness.statement(hour));
  expect(first).toMatch(/^chain_broken segments/); // the one behind it does not follow from other bytes
  expect(rest).toContainEqual(expect.stringMatching(/^altered \/s\/desk\/1 epoch 1, access\.0\.\d+$/));
});

test('unreadable records are gaps, and redeliveries are none', async () => {
  const service = wholeHour();
  const again = service.said.slice(0, 10).map(({ text }) => ({ at: START + 50 * MINUTE, text }));
  const { completeness } = await scene([service], { more: [...again, { at: START + 5, text: 'no json' }] });
  const statement = await completeness.statement(hour);
  expect(codes(statement)).toEqual([expect.stringMatching(/^unreadable access\.0\.\d+$/)]);
  expect(statement.partitions[0]!.unreadable).toBe(1);
});

test('the coverage register: not covered, nobody heard, unsealed, unlisted; and none at all', async () => {
  const foreign = ['/f/old/1', '/x/1'].map(source => ({
    at: START + 7,
    text: accessText(source, START + 7),
  }));
  const systems = [
    ...desk,
    system('old', ['/f/old']),
    system('sleeping', ['/s/sleeping']),
    system('paper', [], { not_covered: { ja: '紙', en: 'paper' } }),
  ];
  const { completeness } = await scene([wholeHour()], { systems, more: foreign });
  const statement = await completeness.statement(hour);
  expect(statement.systems.map(({ id, state, rests_on }) => [id, state, rests_on])).toEqual([
    ['desk', 'sealed', 'seal'],
    ['old', 'unsealed', 'none'],
    ['sleeping', 'no_source', 'none'],
    ['paper', 'not_covered', 'register'],
  ]);
  expect(codes(statement)).toEqual([
    'unsealed_system old',
    'no_source sleeping',
    'not_covered paper',
    'unlisted_source /x/1',
  ]);
  expect(statement.gaps[2]!.en).toContain('(paper)');
  const none = await scene([wholeHour()], { systems: [] });
  expect(codes(await none.completeness.statement(hour))).toEqual(['no_register systems']);
});

test('an independent count reconciles a system without seals, and shows what it lost', async () => {
  const systems = [...desk, system('old', ['/f/old'])];
  const accesses = [1, 2, 3].map(i => ({ at: START + i, text: accessText('/f/old/1', START + i) }));
  const counted = (count: number) => ({
    at: START + 80 * MINUTE,
    text: eventText('io.ashiato.context.independent_count.v1', '/f/old/counter', START + 80 * MINUTE, {
      data: {
        id: 'c-1',
        valid_from: new Date(START).toISOString(),
        valid_to: new Date(START + HOUR).toISOString(),
        system: 'old',
        count,
      },
    }),
  });
  async function stated(count: number) {
    const trail = await scene([wholeHour()], { systems, more: accesses });
    await trail.commit(byTime(beacons(90), [counted(count)]), { stream: 'context' });
    return trail.completeness.statement(hour);
  }
  const equal = await stated(3);
  expect(codes(equal)).toEqual([]);
  expect(equal.systems[1]).toMatchObject({
    state: 'reconciled',
    rests_on: 'independent_count',
    counts: [{ counted: 3, recorded: 3, equal: true }],
  });
  const differs = await stated(4);
  expect(codes(differs)).toEqual([
    expect.stringMatching(/^count_differs old, context\.0\.\d+$/),
    'unsealed_system old',
  ]);
});

test('stretches kept on the way change nothing in a statement, and most of the trail is not read again', async () => {
  const lives = ['/s/desk/1', '/s/desk/2'].map(source =>
    new Service(source, 1, privateKey).live(Array.from({ length: 600 }, (_, i) => i % 3)),
  );
  const lost = Object.assign(lives[1]!, { said: lives[1]!.said.filter((_, i) => i % 400 !== 399) });
  const trail = openTestTrail(registerOf(publicKey, desk));
  await trail.commit(byTime(beacons(620), lives[0]!.said, lost.said), { each: 20 });
  const completeness = createCompleteness(() => trail.store);
  const periods = [0, 90, 300].map(minute => ({
    from: START + minute * MINUTE,
    to: START + (minute + 211) * MINUTE,
  }));
  const before = await Promise.all(periods.map(period => completeness.statement(period)));
  expect(before.some(({ gaps }) => gaps.length > 0)).toBe(true);
  await completeness.keepUp();
  await completeness.keepUp(); // nothing more is due
  const kept = readdirSync(join(trail.dir, 'completeness'), { recursive: true }).filter(name =>
    String(name).endsWith('.zst'),
  );
  expect(kept.length).toBeGreaterThanOrEqual(9);
  let read = 0;
  const counting = createCompleteness(() => ({
    ...trail.store,
    ledger: {
      ...trail.store.ledger,
      read: (...place) => trail.store.ledger.read(...place).finally(() => read++),
    },
  }));
  expect(await counting.statement(periods[2]!)).toEqual(before[2]);
  expect(read).toBeLessThan(before[2]!.partitions[0]!.segments);
  expect(await Promise.all(periods.map(period => completeness.statement(period)))).toEqual(before);
});

test('behind what has expired, statements go on; before it they say that there is nothing', async () => {
  const service = new Service('/s/desk/1', 1, privateKey).live(Array.from({ length: 200 }, (_, i) => i % 3));
  const trail = openTestTrail(registerOf(publicKey, desk));
  const segments = await trail.commit(byTime(beacons(210), service.said), { each: 20 });
  const completeness = createCompleteness(() => trail.store);
  await completeness.keepUp();
  const late = { from: START + 150 * MINUTE, to: START + 180 * MINUTE };
  const before = await completeness.statement(late);
  expect(codes(before)).toEqual([]);
  const gone = segments.slice(0, Math.floor(segments.length * 0.6));
  const { header, sha256: previous } = gone.at(-1)!;
  const start = { stream: 'access', partition: 0, from: header.to + 1, previous, tombstone: 't-1' };
  await writeStart(trail.store.objects, start, new Date(Date.now() + 60_000));
  for (const { key } of gone) rmSync(join(trail.dir, key));
  expect(codes(await completeness.statement(late))).toEqual([]);
  expect(codes(await completeness.statement({ from: START, to: late.to }))).toContain('not_begun access.0');
});
