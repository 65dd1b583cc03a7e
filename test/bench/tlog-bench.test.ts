// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { UsageError } from './options.ts';
import { parseTlogOptions, runTlogBench, tlogTableOf } from './tlog-bench.ts';

describe('bench tlog', () => {
  it('measures every operation', async () => {
    const figures = await runTlogBench(3000);
    expect(figures).toHaveLength(8);
    for (const { micros, runs } of figures) expect(micros * runs).toBeGreaterThan(0);
    expect(tlogTableOf(figures).trimEnd().split('\n')).toHaveLength(10);
  });

  it('refuses what it cannot run', () => {
    expect(parseTlogOptions([])).toEqual({ leaves: 1_000_000, json: false });
    expect(parseTlogOptions(['--help'])).toBe('help');
    for (const words of [
      ['--leaves', '1'],
      ['--leaves', 'many'],
      ['--rounds', '3'],
    ]) {
      expect(() => parseTlogOptions(words)).toThrow(UsageError);
    }
  });
});
