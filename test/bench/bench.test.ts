// SPDX-License-Identifier: Apache-2.0
// The benchmark measures what it says: every arm does its work on real engines, and the figures are the readings'.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { compile } from '@ashiato/policy';
import { loadPolicies, shippedPolicy } from '@ashiato/policy/load';
import { describe, expect, it } from 'vitest';
import { startCpuClock } from './cpu-clock.ts';
import type { Drain } from './drain.ts';
import { ARMS, type ArmName, parseOptions, UsageError } from './options.ts';
import { type Report, reportOf, spread, tableOf } from './report.ts';
import { EVENT_BYTES, PARTITIONS, walkEvent } from './walk-events.ts';
import { withBlock } from './write-readme-block.ts';

const MAIN = join(import.meta.dirname, 'main.ts');
const run = promisify(execFile);
const RUN = {
  events: 1000,
  rounds: 3,
  machine: { cores: 2, memoryGiB: 24 },
  versions: { node: 'v24', clickhouse: '26.7', kafka: '4.4.0' },
};

describe('the events', () => {
  it('have 545 bytes and conform under the policy that comes along', async () => {
    const judge = compile(await loadPolicies(shippedPolicy()));
    for (let n = 0; n < 400; n++) {
      const { value } = walkEvent(n % PARTITIONS, n * 997, Date.UTC(2026, 9, 6));
      expect(value.length).toBe(EVENT_BYTES);
      expect(judge.evaluate(JSON.parse(value.toString())).outcome).toBe('conforming');
    }
  });

  it('are numbered without gaps by each source', () => {
    const next = new Map<string, number>();
    for (let n = 0; n < 1000; n++) {
      const { source, sequence } = JSON.parse(walkEvent(1, n, 0).value.toString());
      expect(Number(sequence)).toBe(next.get(source) ?? 1);
      next.set(source, Number(sequence) + 1);
    }
  });
});

describe('figures', () => {
  const drain = (seconds: number, micros: number): Drain => ({
    seconds,
    cpu: { broker: micros, engine: micros },
  });
  const report = (a: number, b: number): Report =>
    reportOf(
      RUN,
      new Map<ArmName, Drain[]>([
        ['A', [drain(a, 500), drain(a * 3, 900), drain(a * 2, 700)]],
        ['B', [{ ...drain(b, 1000), laterCpu: 3000 }]],
      ]),
    );

  it('are medians of the rounds', () => {
    const [walk, rival] = report(1, 2).arms;
    expect(walk).toMatchObject({ events_per_second: { median: 500, min: 1000 / 3, max: 1000 } });
    expect(walk).toMatchObject({ cpu_us: { median: 1.4 }, cpu_us_by_process: { broker: 0.7, engine: 0.7 } });
    expect(rival).toMatchObject({ cpu_us: { median: 2 }, later_cpu_us: { median: 3 } });
    expect(spread([4, 1, 3, 2]).median).toBe(2.5);
  });

  it('say when a bar does not hold', () => {
    expect(report(1, 4).bars).toEqual([{ against: 'B', wanted: 1.5, got: 2, holds: true }]);
    expect(tableOf(report(1, 2))).toContain('bar A >= 1.5 x B: DOES NOT HOLD (1.00)');
  });

  it('count merges in the CPU ratio', () => {
    expect(report(1, 2).ratios[0]!.cpu).toBeCloseTo(1.4 / 5);
  });

  it('go between the marks of the README and nowhere else', () => {
    const marked = 'a\n<!-- figures: written by --write-readme -->\nold\n<!-- end of figures -->\nb\n';
    expect(withBlock(marked, 'new\n')).toBe(marked.replace('old', 'new'));
    expect(() => withBlock('no marks', 'new')).toThrow('expected the marks');
  });

  it('of CPU see the work of all threads of a process', async () => {
    const clock = startCpuClock({ self: process.pid });
    const end = process.cpuUsage().user + 300_000;
    while (process.cpuUsage().user < end);
    expect(clock.spent().self).toBeGreaterThanOrEqual(280_000);
    expect(() => startCpuClock({ nobody: 2 ** 22 + 1 })).toThrow('ENOENT');
  });
});

describe('the command', () => {
  it('refuses what it cannot run', () => {
    expect(() => parseOptions(['walk', '--events', '0'])).toThrow(UsageError);
    expect(() => parseOptions(['walk', '--arms', 'A,Z'])).toThrow('--arms');
    expect(() => parseOptions(['run'])).toThrow('walk');
    expect(parseOptions(['walk', '--events', '10'])).toMatchObject({ events: 12, rounds: 3 });
    expect(parseOptions(['--help'])).toBe('help');
  });

  it('runs every arm on real engines', async () => {
    const { stdout } = await run(process.execPath, [
      '--disable-warning=ExperimentalWarning',
      MAIN,
      ...['walk', '--events', '6000', '--rounds', '1', '--json'],
    ]);
    const report = JSON.parse(stdout) as Report;
    expect(report.arms.map(({ arm }) => arm)).toEqual([...ARMS]);
    for (const { events_per_second, cpu_us, cpu_us_by_process } of report.arms) {
      expect(events_per_second.median).toBeGreaterThan(0);
      expect(cpu_us.median).toBeGreaterThan(0);
      expect(Object.keys(cpu_us_by_process)).toContain('broker');
    }
    expect(report.bars.map(({ against }) => against)).toEqual(['B', 'C']);
  }, 300_000);
});
