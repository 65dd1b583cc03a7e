// SPDX-License-Identifier: Apache-2.0
// `npm test`: lint, types, then every test on real engines. Ends with one line, `N passed, N failed`.
// Arguments are passed on to vitest, so that `npm test -- packages/ledger` runs one room.
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const report = join(root, 'node_modules', '.cache', 'ashiato', 'vitest.json');
const say = (text: string) => process.stdout.write(`${text}\n`);

function run(command: string, ...args: string[]): boolean {
  const began = Date.now();
  say(`\n> ${command} ${args.join(' ')}`);
  const { status } = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  say(`> ${command}: ${status === 0 ? 'ok' : 'FAILED'} in ${((Date.now() - began) / 1000).toFixed(1)} s`);
  return status === 0;
}

rmSync(report, { force: true });
const only = process.argv.slice(2);
const steps = [run('biome', 'check', '.'), run('tsc', '-b')];
const tested = run(
  'vitest',
  'run',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${report}`,
  ...only,
);

const { passed, failed } = counts();
say(`\n${passed + steps.filter(Boolean).length} passed, ${failed + steps.filter(ok => !ok).length} failed`);
process.exitCode = tested && steps.every(Boolean) && failed === 0 ? 0 : 1;

/** Tests by vitest's own report; a run that left none counts as one failure. */
function counts(): { passed: number; failed: number } {
  try {
    const { numPassedTests, numFailedTests, numFailedTestSuites } = JSON.parse(readFileSync(report, 'utf8'));
    return {
      passed: numPassedTests,
      failed: numFailedTests + (numFailedTests === 0 && !tested ? Math.max(1, numFailedTestSuites) : 0),
    };
  } catch {
    return { passed: 0, failed: 1 };
  }
}
