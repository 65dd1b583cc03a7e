// SPDX-License-Identifier: Apache-2.0
// Rows per second of projection, step by step: `node packages/warehouse/bench/projection.ts [records] [segments]`.
import type { Segment } from '@ashiato/ledger';
import { compareSegment } from '../src/compare.ts';
import { insertSegment, readySegment } from '../src/insert-segment.ts';
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
    sequence: Math.floor(i / 40), // without gaps per source, as an sdk numbers them
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

/** CPU microseconds a row, all threads of this process: wall time would measure the neighbours too. */
function cpu(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / RECORDS;
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
const say = (line: string): void => void process.stdout.write(`${line}\n`);

const bench = await openTestBench();
try {
  const { commit } = bench.newLedger();
  const segments = await makeSegments(commit, SEGMENTS, RECORDS);
  const us = (figures: number[]): string => `${median(figures).toFixed(2)} µs/row`;
  const plain: number[] = [];
  const parse: number[] = [];
  const both: number[] = [];
  let bytes = 0;
  for (const segment of segments) {
    const lines = segment.raw.toString('utf8').trimEnd().split('\n').slice(1);
    plain.push(
      cpu(() => {
        for (const line of lines) JSON.parse(line);
      }),
    );
    parse.push(
      cpu(() => {
        for (const _ of rowsFromSegment(segment));
      }),
    );
    both.push(
      cpu(() => {
        const block = createNativeBlock(RECORD_COLUMNS, RECORDS);
        for (const row of rowsFromSegment(segment)) block.append(row);
        bytes = block.finish().length;
      }),
    );
  }
  say(`a plain JSON.parse of the ${(segments[0]!.raw.length / RECORDS).toFixed(0)} B lines ${us(plain)} CPU`);
  say(`parse    ${us(parse)} CPU (rows with digest)`);
  say(
    `encode   ${us(both.map((value, i) => value - parse[i]!))} CPU (${RECORD_COLUMNS.length} columns, ${(bytes / RECORDS).toFixed(0)} B/row)`,
  );

  const warehouse = await bench.newWarehouse();
  const whole: number[] = [];
  for (const segment of segments) {
    const start = performance.now();
    await insertSegment(warehouse.client, await readySegment(segment), { mayBeThere: false });
    whole.push(performance.now() - start);
  }
  const seconds = whole.reduce((a, b) => a + b) / 1000;
  say(`project  ${Math.round((RECORDS * SEGMENTS) / seconds)} rows/s, segments one after the other`);

  const start = performance.now();
  const { mismatch, missing, surplus } = await compareSegment(warehouse, segments[0]!);
  if (mismatch || missing.length + surplus.length > 0)
    throw new Error('the rows are not those of the segment');
  say(`compare  ${Math.round((RECORDS * 1000) / (performance.now() - start))} rows/s`);

  const small = await makeSegments(commit, 20, 100);
  const latencies: number[] = [];
  for (const segment of small) {
    const begun = performance.now();
    await insertSegment(warehouse.client, await readySegment(segment), { mayBeThere: false });
    latencies.push(performance.now() - begun);
  }
  say(
    `small    100 records: median ${median(latencies).toFixed(0)} ms, worst ${Math.max(...latencies).toFixed(0)} ms`,
  );
} finally {
  await bench.stop();
}
