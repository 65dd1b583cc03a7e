// SPDX-License-Identifier: Apache-2.0
// Each promise of a seal, and what is told when it is broken.
import { createHash } from 'node:crypto';
import { type ParsedEvent, SEAL_TYPE, sealEvent } from '@ashiato/schema';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createSourceCheck } from './check-sources.ts';
import type { EpochFacts, Fault } from './facts.ts';
import { joinFacts, noFacts } from './partition-facts.ts';
import type { SourceRecord } from './read-records.ts';
import { byTime, newKey, type Said, Service, START } from './trail.testing.ts';

const { privateKey, publicKey } = newKey();

/** Records as they are read from segments; deliveries in their order are new, unless said to be late. */
function recordsOf(said: readonly Said[]): SourceRecord[] {
  const highest = new Map<string, number>();
  return said.map(({ at, text }, offset): SourceRecord => {
    const event = JSON.parse(text) as ParsedEvent;
    const name = `${event.source} ${event.sourceepoch}`;
    const sequence = event.sequence === undefined ? null : Number(event.sequence);
    const before = highest.get(name) ?? 0;
    highest.set(name, Math.max(before, sequence ?? 0));
    const skipped = sequence !== null && sequence > before + 1;
    const seal = sealEvent.safeParse(event);
    return {
      kind: event.type === SEAL_TYPE ? 'seal' : 'access',
      offset,
      appendedAt: at,
      type: event.type,
      source: event.source,
      epoch: event.sourceepoch ?? null,
      sequence,
      time: Date.parse(event.time!),
      delivery:
        sequence !== null && sequence <= before
          ? { kind: 'late' }
          : { kind: 'new', ...(skipped ? { missing: { from: before + 1, to: sequence - 1 } } : {}) },
      digest: createHash('sha256').update(text).digest(),
      ...(seal.success ? { seal: seal.data.data } : {}),
      data: event.data!,
    };
  });
}

interface Checked {
  epochs: EpochFacts[];
  faults: Pick<Fault, 'code' | 'first' | 'last' | 'reason'>[];
}

/** `stops`: after how many records the check is kept and taken up again. */
function check(
  said: readonly Said[],
  { key = publicKey as string | null, stops = [] as number[] } = {},
): Checked {
  const options = { stream: 'access', partition: 0, keyAt: () => key ?? undefined };
  let checking = createSourceCheck(options);
  let facts = noFacts('access', 0);
  for (const [i, record] of recordsOf(said).entries()) {
    if (stops.includes(i)) {
      facts = joinFacts(facts, { ...noFacts('access', 0), epochs: checking.takeFacts() });
      checking = createSourceCheck({ ...options, from: JSON.parse(JSON.stringify(checking.dump(START))) });
    }
    checking.take(record);
  }
  const { epochs } = joinFacts(facts, { ...noFacts('access', 0), epochs: checking.takeFacts() });
  const faults = epochs.flatMap(epoch => epoch.faults.map(({ offset, since, until, ...told }) => told));
  return { epochs, faults };
}

const minutes = fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 8 });
const stops = fc.array(fc.nat(60), { maxLength: 3 });

test('what honest sources say is all there and unaltered, wherever reading stops and goes on', () => {
  fc.assert(
    fc.property(fc.array(minutes, { minLength: 1, maxLength: 3 }), stops, (lives, stopped) => {
      const services = lives.map((life, i) => new Service(`/s/${i}`, 1, privateKey).live(life));
      const { faults, epochs } = check(byTime(...services.map(({ said }) => said)), { stops: stopped });
      expect(faults).toEqual([]);
      expect(
        epochs.map(({ source, records, sealed_to, seals, stopped: ended }) => [
          source,
          records,
          sealed_to,
          seals,
          ended,
        ]),
      ).toEqual(
        lives.map((life, i) => {
          const records = life.reduce((sum, count) => sum + count, 0);
          return [`/s/${i}`, records, records, life.length + 2, true];
        }),
      );
    }),
    { numRuns: 60 },
  );
});

test('an event removed anywhere is missing by its number', () => {
  const service = new Service('/s/1', 1, privateKey).live([5, 0, 7, 3]);
  for (let number = 1; number <= 15; number++) {
    const left = service.said.filter(({ text }) => JSON.parse(text).sequence !== String(number));
    expect(check(left, { stops: [number] }).faults).toEqual([
      { code: 'missing_numbers', first: number, last: number },
    ]);
  }
});

test('an event changed by one byte alters its seal, and no other', () => {
  const service = new Service('/s/1', 1, privateKey).live([5, 7, 3]);
  for (const [number, first, last] of [
    [1, 1, 5],
    [6, 6, 12],
    [12, 6, 12],
    [15, 13, 15],
  ] as const) {
    const changed = service.said.map(({ at, text }) => ({
      at,
      text: JSON.parse(text).sequence === String(number) ? text.replace('basic.name', 'basic.nama') : text,
    }));
    expect(check(changed).faults).toEqual([{ code: 'altered', first, last }]);
  }
});

test('two events that changed their numbers alter the seal; in each others place alone they do not', () => {
  const { said } = new Service('/s/1', 1, privateKey).live([4]);
  const [one, two] = [said[2]!, said[3]!];
  const renumbered = (text: string, sequence: number) =>
    JSON.stringify({ ...JSON.parse(text), sequence: String(sequence) });
  const swapped = said
    .with(2, { ...one, text: renumbered(two.text, 2) })
    .with(3, { ...two, text: renumbered(one.text, 3) });
  expect(check(swapped).faults).toEqual([{ code: 'altered', first: 1, last: 4 }]);
  // The queue may deliver late: the numbers put them in order.
  expect(check(said.with(2, { ...one, text: two.text }).with(3, { ...two, text: one.text })).faults).toEqual(
    [],
  );
});

test('an event behind its seal was missing, is late, and no root speaks of it', () => {
  const { said } = new Service('/s/1', 1, privateKey).live([2, 1]);
  const late = said.with(2, said[3]!).with(3, said[2]!); // the seal before the second access
  const { faults, epochs } = check(late);
  expect(faults).toEqual([{ code: 'missing_numbers', first: 2, last: 2 }]);
  expect(epochs[0]!.late).toEqual([[2, 2]]);
});

test('seals count with the key of the register alone', () => {
  const other = newKey();
  const life = () => new Service('/s/1', 1, privateKey).seal('start').access(3).wait();
  // Signed by another key; then a genuine one over the same numbers still counts.
  const forged = life().seal('interval', {}, other.privateKey);
  expect(check(forged.said).faults).toEqual([{ code: 'forged_seal', first: 1, last: 3 }]);
  // A changed member under an old signature.
  const { said } = life().seal();
  const last = said.at(-1)!;
  const lower = said.with(-1, { ...last, text: last.text.replace('"last":"3"', '"last":"2"') });
  expect(check(lower).faults).toEqual([{ code: 'forged_seal', first: 1, last: 2 }]);
  // The key of somebody else in the register.
  expect(check(said, { key: other.publicKey }).faults.map(({ code }) => code)).toEqual([
    'forged_seal',
    'forged_seal',
  ]);
  // No key at all: nothing counts, nothing is claimed.
  const unknown = check(said, { key: null });
  expect([unknown.faults, unknown.epochs[0]!.seals]).toEqual([[], 0]);
});

test('a seal speaks for its own source and epoch alone', () => {
  const service = new Service('/s/1', 1, privateKey)
    .seal('start')
    .access(1)
    .wait()
    .seal('interval', { source: '/s/2' });
  expect(check(service.said).faults).toEqual([{ code: 'malformed_seal' }]);
});

test('a seal that overlaps, and one that is left out, are told', () => {
  const overlapping = new Service('/s/1', 1, privateKey)
    .seal('start')
    .access(3)
    .wait()
    .seal()
    .access(2)
    .wait();
  overlapping.seal('interval', { first: '2' });
  expect(check(overlapping.said).faults).toEqual([{ code: 'overlapping_seal', first: 2, last: 5 }]);

  const { said } = new Service('/s/1', 1, privateKey).live([3, 2, 1]);
  const [seal] = said.filter(({ text }) => text.includes('"last":"3"'));
  expect(check(said.filter(one => one !== seal)).faults).toEqual([
    { code: 'missing_seal', first: 1, last: 3 },
    { code: 'not_checked', first: 4, last: 5, reason: 'seal_missing_before' },
  ]);
  // Even one over nothing: the next one names it.
  const quiet = new Service('/s/1', 1, privateKey).live([3, 0, 1]).said;
  expect(check(quiet.toSpliced(5, 1)).faults).toEqual([{ code: 'missing_seal' }]);
});

test('silence and clocks: between two seals, ahead of the broker, and backwards', () => {
  const silent = new Service('/s/1', 1, privateKey).seal('start').access(1).wait(4).seal();
  expect(check(silent.said).faults).toEqual([{ code: 'silent' }]);
  const patient = new Service('/s/1', 1, privateKey).seal('start').access(1).wait(2).seal();
  expect(check(patient.said).faults).toEqual([]);
  // Late delivery is no silence: its own clock counts.
  const delayed = new Service('/s/1', 1, privateKey)
    .live([1, 1])
    .said.map(one => ({ ...one, at: one.at + 3_600_000 }));
  expect(check(delayed).faults).toEqual([]);
  const ahead = new Service('/s/1', 1, privateKey)
    .live([1])
    .said.map(one => ({ ...one, at: one.at - 600_000 }));
  expect(new Set(check(ahead).faults.map(({ code }) => code))).toEqual(new Set(['clock']));
  const backwards = new Service('/s/1', 1, privateKey).seal('start').access(1);
  const late = backwards.at;
  backwards.wait(-1).seal();
  expect(check(backwards.said.map(one => ({ ...one, at: late }))).faults).toEqual([{ code: 'clock' }]);
});

test('sources without a key: missing numbers are told at once, and late ones come back', () => {
  const { said } = new Service('/f/1', 1, privateKey).access(5);
  const { faults, epochs } = check([said[0]!, said[3]!, said[1]!, said[4]!], { key: null });
  expect(faults).toEqual([{ code: 'missing_numbers', first: 2, last: 3 }]);
  expect(epochs[0]!.late).toEqual([[2, 2]]);
});

test('a key registered in the middle of a life: what went by unhashed is not claimed', () => {
  const { said } = new Service('/s/1', 1, privateKey).live([3, 2]);
  const registered = said.findIndex(({ text }) => text.includes('"sequence":"3"'));
  const checking = createSourceCheck({
    stream: 'access',
    partition: 0,
    keyAt: (_, at) => (at >= said[registered]!.at ? publicKey : undefined),
  });
  for (const record of recordsOf(said)) checking.take(record);
  const [{ faults, sealed_to }] = checking.takeFacts() as [EpochFacts];
  expect(faults.map(({ code, first, last, reason }) => ({ code, first, last, reason }))).toEqual([
    { code: 'not_checked', first: 1, last: 3, reason: 'unhashed' },
  ]);
  expect(sealed_to).toBe(5);
});
