// SPDX-License-Identifier: Apache-2.0
// The figures of the sdk are its programs' readings, every arm does its work, and a bar that does not hold is told.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { UsageError } from './options.ts';
import { parseSdkOptions } from './sdk-bench.ts';
import { type SdkReport, type SdkRun, sdkReportOf, sdkTableOf } from './sdk-report.ts';

const of = (micros: number[]) => micros.map(one => ({ micros: one, cpu_micros: 1 }));
const run = (readings: Partial<SdkRun['readings']>): SdkRun => ({
  events: 1000,
  rounds: 3,
  machine: { cores: 2, memoryGiB: 8, node: 'v24' },
  readings: {
    calls: { sdk: [], rival: [] },
    durable: { sdk: [], rival: [] },
    forward: { sdk: [], rival: [] },
    ...readings,
  },
  package: undefined,
});

describe('the report', () => {
  const bars = (readings: Partial<SdkRun['readings']>) =>
    sdkReportOf(run(readings)).bars.map(({ pair, ratio, holds }) => [pair, ratio.median, holds]);

  it('sets the time of a call against pino, and speeds against the others, round by round', () => {
    // A round that was slow for both counts as any other.
    expect(bars({ calls: { sdk: of([1, 20, 1]), rival: of([2, 40, 2]) } })).toEqual([['calls', 0.5, true]]);
    expect(bars({ calls: { sdk: of([3]), rival: of([2]) } })).toEqual([['calls', 1.5, false]]);
    expect(bars({ durable: { sdk: of([5]), rival: of([4]) } })).toEqual([['durable', 0.8, true]]);
    expect(bars({ durable: { sdk: of([8]), rival: of([4]) } })).toEqual([['durable', 0.5, false]]);
    expect(bars({ forward: { sdk: of([4]), rival: of([3]) } })).toEqual([['forward', 0.75, false]]);
  });

  it('says when a bar does not hold, and what of the package is native', () => {
    const report = sdkReportOf(run({ durable: { sdk: of([8]), rival: of([4]) } }));
    const packed = { packedBytes: 1000, dependencies: ['a 1.0.0'], native: ['node_modules/a/b.node'] };
    const table = sdkTableOf({ ...report, package: packed });
    expect(table).toContain('x the bare loop >= 0.8: DOES NOT HOLD (0.50 (0.50 to 0.50))');
    expect(table).toContain('DOES NOT HOLD (node_modules/a/b.node) (1000 bytes packed, 1 dependencies');
  });
});

describe('the command', () => {
  it('refuses what it cannot run', () => {
    for (const words of [['walk'], ['--events', '10'], ['--rounds', '0'], ['--only', 'calls,all']])
      expect(() => parseSdkOptions(words)).toThrow(UsageError);
    expect(parseSdkOptions(['--help'])).toBe('help');
  });

  it('runs every arm on a real disk, a real Kafka and the package as it is published', async () => {
    const args = [join(import.meta.dirname, 'main.ts'), 'sdk', '--events', '2000', '--rounds', '1', '--json'];
    const child = promisify(execFile)(process.execPath, ['--disable-warning=ExperimentalWarning', ...args]);
    const report = JSON.parse((await child).stdout) as SdkReport;
    expect(report.arms.map(({ pair, side }) => `${pair} ${side}`)).toEqual(
      ['calls', 'durable', 'forward'].flatMap(pair => [`${pair} sdk`, `${pair} rival`]),
    );
    for (const { micros, cpu_micros } of report.arms) {
      expect(micros.median).toBeGreaterThan(0);
      expect(cpu_micros.median).toBeGreaterThan(0);
    }
    expect(report.bars).toHaveLength(3);
    expect(report.package!.native).toEqual([]);
    expect(report.package!.dependencies.length).toBeGreaterThan(0);
  }, 180_000);
});
