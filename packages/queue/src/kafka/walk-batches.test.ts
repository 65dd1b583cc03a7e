// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type RecordBatch, splitBatches } from './record-batch.ts';
import { type Walked, walkBatches } from './walk-batches.ts';
import { takeVarint, takeVarlong } from './wire.ts';

function zigzag(value: number): number[] {
  let rest = value >= 0 ? value * 2 : -value * 2 - 1;
  const bytes: number[] = [];
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return [...bytes, rest];
}

function record(delta: number, value: string): Buffer {
  const text = Buffer.from(value);
  const body = Buffer.from([
    0,
    ...zigzag(delta * 10),
    ...zigzag(delta),
    ...zigzag(-1),
    ...zigzag(text.length),
    ...text,
    0,
  ]);
  return Buffer.from([...zigzag(body.length), ...body]);
}

/** A batch as a broker stores it: `deltas` are the offsets that still hold records. */
function batchBytes(base: number, lastDelta: number, deltas: number[], attributes = 0): Buffer {
  const payload = Buffer.concat(deltas.map(delta => record(delta, `v${base + delta}`)));
  const bytes = Buffer.alloc(61 + payload.length);
  bytes.writeBigInt64BE(BigInt(base), 0);
  bytes.writeInt32BE(bytes.length - 12, 8);
  bytes.writeInt8(2, 16);
  bytes.writeInt16BE(attributes, 21);
  bytes.writeInt32BE(lastDelta, 23);
  bytes.writeBigInt64BE(1000n, 27);
  bytes.writeBigInt64BE(5000n, 35);
  bytes.writeInt32BE(deltas.length, 57);
  payload.copy(bytes, 61);
  return bytes;
}

const batchShape = fc.record({
  skip: fc.integer({ min: 0, max: 3 }),
  lastDelta: fc.integer({ min: 0, max: 6 }),
  kept: fc.array(fc.boolean(), { minLength: 7, maxLength: 7 }),
  control: fc.boolean(),
});

function built(shapes: { skip: number; lastDelta: number; kept: boolean[]; control: boolean }[]): Buffer {
  let base = 0;
  const parts = shapes.map(({ skip, lastDelta, kept, control }) => {
    base += skip;
    const deltas = [...kept.keys()].filter(delta => delta <= lastDelta && kept[delta]);
    const bytes = batchBytes(base, lastDelta, deltas, control ? 0x20 : 0);
    base += lastDelta + 1;
    return bytes;
  });
  return Buffer.concat(parts);
}

function walk(from: number, bytes: Buffer): Walked & { batches: RecordBatch[] } {
  const batches = splitBatches(bytes);
  return {
    batches,
    ...walkBatches(
      from,
      batches,
      batches.map(({ payload }) => payload),
    ),
  };
}

it('covers every offset from the start to the last batch exactly once, wherever it begins', () => {
  fc.assert(
    fc.property(
      fc.array(batchShape, { minLength: 1, maxLength: 6 }),
      fc.integer({ min: 0, max: 20 }),
      (shapes, from) => {
        const { messages, gaps, next, batches } = walk(from, built(shapes));
        const covered = [
          ...messages.map(({ offset }) => offset),
          ...gaps.flatMap(gap => Array.from({ length: gap.to - gap.from + 1 }, (_, i) => gap.from + i)),
        ].sort((a, b) => a - b);
        expect(next).toBe(Math.max(from, batches.at(-1)!.last + 1));
        expect(covered).toEqual(Array.from({ length: next - from }, (_, i) => from + i));
        for (const { offset, value } of messages) expect(Buffer.from(value!).toString()).toBe(`v${offset}`);
      },
    ),
  );
});

it('calls what no header speaks of a hole, and nothing else', () => {
  const { gaps } = walk(0, Buffer.concat([batchBytes(2, 2, [0, 2]), batchBytes(7, 0, [0])]));
  expect(gaps).toEqual([
    { from: 0, to: 1, cause: 'hole' },
    { from: 3, to: 3, cause: 'compacted', proof: { batch_base: 2, batch_last: 4, records: 2 } },
    { from: 5, to: 6, cause: 'hole' },
  ]);
});

it('takes the time from the batch when the broker stamped it, else from the record', () => {
  expect(walk(0, batchBytes(0, 1, [0, 1], 0x08)).messages.map(({ appendedAt }) => appendedAt)).toEqual([
    5000, 5000,
  ]);
  expect(walk(0, batchBytes(0, 1, [0, 1])).messages.map(({ appendedAt }) => appendedAt)).toEqual([
    1000, 1010,
  ]);
});

it('leaves an incomplete batch out, and refuses bytes that are no batch', () => {
  const whole = batchBytes(0, 0, [0]);
  expect(splitBatches(Buffer.concat([whole, whole.subarray(0, whole.length - 1)]))).toHaveLength(1);
  const old = Buffer.from(whole);
  old.writeInt8(1, 16);
  expect(() => splitBatches(old)).toThrow('message format 1');
  const lying = Buffer.from(whole);
  lying.writeInt32BE(9, 57);
  expect(() => walk(0, lying)).toThrow(RangeError);
});

it('reads numbers of every length', () => {
  fc.assert(
    fc.property(fc.integer(), fc.maxSafeInteger(), (small, large) => {
      const half = Math.trunc(large / 2);
      expect(takeVarint({ at: 0, bytes: Buffer.from(zigzag(small)) })).toBe(small);
      expect(takeVarlong({ at: 0, bytes: Buffer.from(zigzag(half)) })).toBe(half === 0 ? 0 : half);
    }),
  );
});
