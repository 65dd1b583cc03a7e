// SPDX-License-Identifier: Apache-2.0
// Rows per second of projection, step by step: `node packages/warehouse/bench/projection.ts [records] [segments]`.
import type { Segment } from '@ashiato/ledger';
import { compareSegment } from '../src/compare.ts';
import { insertSegment } from '../src/insert-segment.ts';
import { createNativeBlock } from '../src/native-block.ts';
import { RECORD_COLUMNS } from '../src/record-columns.ts';
import { rowsFromSegment } from '../src/rows-from-segment.ts';
import { accessEvent, type Commit, EPOCH, openTestBench } from '../src/warehouse.testing.ts';

const RECORDS = Number(process.argv[2] ?? 50_000);
const SEGMENTS = Number(process.argv[3] ?? 8);
const PURPOSES = ['billing', 'support', 'marketing', 'collection', 'switching', 'outage'];

let made = 0;
/** Events of a plausible spread: 400 actors, 60,000 subjects, 6 purposes, 40 sources. */
function event(i: number): string {
  const actor = { id: `E-${(i * 7) % 400}`, type: 'user', org: `org-${i % 9}`, role: `role-${i % 12}` };
  const fields = ['basic.name', 'basic.address', 'contract.plan', 'usage.power'].slice(0, 1 + (i % 4));
  const time = new Date(EPOCH + i).toISOString();
  return accessEvent(`01990000-0000-7000-8000-${String(i).padStart(12, '0')}`, {
    source: `/services/desk/${i % 40}`,
    sequence: i,
    time,
    data: {
      actor: { ...actor, session: `S-${i % 5000}` },
      subject: { ref: `K-${(i * 31) % 60_000}` },
      fields,
      purpose: PURPOSES[i % 6],
      business: 'retail',
      channel: 'phone',
      refs: { contract: `C-${(i * 31) % 60_000}`, ticket: `T-${i}` },
      lookup: { by: 'number' },
      result: { count: 1 },
      outcome: 'success',
      site: { id: 'tokyo-1', terminal: `PC-${i % 300}` },
    },
  });
}

async function makeSegments(commit: Commit, count: number, records: number): Promise<Segment[]> {
  const segments: Segment[] = [];
  for (let s = 0; s < count; s++) {
    segments.push(await commit(Array.from({ length: records }, () => event(made++))));
  }
  return segments;
}

function time<T>(work: () => T): [T, number] {
  const start = process.hrtime.bigint();
  const result = work();
  return [result, Number(process.hrtime.bigint() - start) / 1e6];
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
const say = (line: string): void => void process.stdout.write(`${line}\n`);

const bench = await openTestBench();
try {
  const { commit } = bench.newLedger();
  const segments = await makeSegments(commit, SEGMENTS, RECORDS);
  const perRow = (ms: number): string => `${((ms * 1000) / RECORDS).toFixed(2)} µs/row`;

  const parse = segments.map(segment => time(() => [...rowsFromSegment(segment)].length)[1]);
  const encode = segments.map(segment => {
    const rows = [...rowsFromSegment(segment)];
    const block = createNativeBlock(RECORD_COLUMNS, RECORDS);
    return time(() => {
      for (const row of rows) block.append(row);
      return block.finish().length;
    });
  });
  say(`lines    ${(segments[0]!.raw.length / RECORDS).toFixed(0)} B/row`);
  say(`parse    ${perRow(median(parse))} (JSON, digest)`);
  say(
    `encode   ${perRow(median(encode.map(([, ms]) => ms)))} (${RECORD_COLUMNS.length} columns, ${(encode[0]![0] / RECORDS).toFixed(0)} B/row)`,
  );

  const warehouse = await bench.newWarehouse();
  const whole: number[] = [];
  for (const segment of segments) {
    const start = performance.now();
    await insertSegment(warehouse.client, segment, { mayBeThere: false });
    whole.push(performance.now() - start);
  }
  say(
    `project  ${perRow(median([...whole]))}, ${Math.round((RECORDS * SEGMENTS * 1000) / whole.reduce((a, b) => a + b))} rows/s, one after the other`,
  );

  const start = performance.now();
  const { mismatch, missing, surplus } = await compareSegment(warehouse, segments[0]!);
  if (mismatch || missing.length + surplus.length > 0)
    throw new Error('the rows are not those of the segment');
  say(`compare  ${perRow(performance.now() - start)}`);

  const small = await makeSegments(commit, 20, 100);
  const latencies: number[] = [];
  for (const segment of small) {
    const begun = performance.now();
    await insertSegment(warehouse.client, segment, { mayBeThere: false });
    latencies.push(performance.now() - begun);
  }
  say(
    `small    100 records: median ${median(latencies).toFixed(0)} ms, worst ${Math.max(...latencies).toFixed(0)} ms`,
  );
} finally {
  await bench.stop();
}
