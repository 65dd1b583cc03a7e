// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { startKafka } from './kafka.ts';

const dir = mkdtempSync(join(tmpdir(), 'ashiato-kafka-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

it('says what to install where Java is missing', () => {
  const script = `import { startKafka } from ${JSON.stringify(join(import.meta.dirname, 'kafka.ts'))};
    await startKafka({ dir: ${JSON.stringify(join(dir, 'none'))} }).catch(error => process.stdout.write(error.message));`;
  const child = spawnSync(process.execPath, ['--input-type=module-typescript', '-e', script], {
    encoding: 'utf8',
    env: { PATH: dir },
  });
  expect(child.stdout).toContain('java does not run here; install Java 17 or newer');
});

it('keeps its identity, port and data between runs, and ends with its processes gone', async () => {
  const first = await startKafka({ dir });
  const [pid] = first.pids();
  await first.kill(0, 'SIGKILL');
  expect(first.pids()).toEqual([0]);
  expect(() => process.kill(pid!, 0)).toThrow('ESRCH');
  const second = await startKafka({ dir });
  expect(second.bootstrap).toBe(first.bootstrap);
  await second.stop();
  expect(second.pids()).toEqual([0]);
}, 180_000);
