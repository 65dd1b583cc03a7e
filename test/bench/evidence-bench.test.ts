// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { evidenceTableOf, parseEvidenceOptions, runEvidenceBench } from './evidence-bench.ts';
import { UsageError } from './options.ts';

describe('bench evidence', () => {
  it('measures building, verifying and proving', async () => {
    const figures = await runEvidenceBench(500, () => {});
    expect(figures).toMatchObject({
      build: { records: 500 },
      verify: { records: 500 },
      verifyOne: { records: 0 },
    });
    expect(figures.proof.millis).toBeGreaterThan(0);
    expect(evidenceTableOf(figures).trimEnd().split('\n')).toHaveLength(7);
  });

  it('refuses what it cannot run', () => {
    expect(parseEvidenceOptions([])).toEqual({ records: 1_000_000, json: false });
    expect(parseEvidenceOptions(['--help'])).toBe('help');
    for (const words of [
      ['--records', '1'],
      ['--records', 'many'],
      ['--rounds', '3'],
    ]) {
      expect(() => parseEvidenceOptions(words)).toThrow(UsageError);
    }
  });
});
