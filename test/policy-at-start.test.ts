// SPDX-License-Identifier: Apache-2.0
// No service starts on a policy with an error, and each says what is wrong and where; warnings keep nobody from starting.
// Nor does one go over to such a policy while it runs.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { firstStart } from '@ashiato/auth';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';

const root = join(import.meta.dirname, '..');
/** It has a finding of lint (L10), and no error. */
const clinic = join(root, 'packages/policy/policies/sample-clinic');
const dir = mkdtempSync(join(tmpdir(), 'ashiato-policy-at-start-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function start(service: string, policy: string, data: string): ChildProcess {
  const child = spawn(process.execPath, [join(root, 'services', service, 'src/main.ts')], {
    env: {
      PATH: process.env.PATH,
      ASHIATO_DATA_DIR: data,
      ASHIATO_POLICY: policy,
      ASHIATO_POLICY_POLL_MS: '50',
      ASHIATO_LISTEN: '127.0.0.1:0',
      // Nothing answers there: the recorder starts and commits without it.
      ...(service === 'standalone' ? {} : { ASHIATO_CLICKHOUSE_URL: 'http://127.0.0.1:9' }),
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

/** The clinic with a row that no event can meet, and another without a clause that is declared. */
function broken(): string {
  const folder = mkdtempSync(join(dir, 'policy-'));
  cpSync(clinic, folder, { recursive: true });
  const path = join(folder, '2025-04-01.rules.yaml');
  const rules = readFileSync(path, 'utf8');
  const spoilt = rules
    .replace(
      'recipient: [family], refs_any: [consent]',
      'recipient: [family], refs_any: [consent], refs_none: [consent]',
    )
    .replace('clauses: [K5]', 'clauses: [K55]');
  expect(spoilt.length).toBe(rules.length + ', refs_none: [consent]'.length + 1);
  writeFileSync(path, spoilt);
  return folder;
}

describe('a policy with errors', () => {
  it.each(['recorder', 'api', 'standalone'])('keeps the %s from starting', async service => {
    const data = join(dir, `${service}-data`);
    const child = start(service, broken(), data);
    const said = text(child.stderr!);
    expect(await once(child, 'exit')).toEqual([2, null]);
    expect(await said).toMatch(
      /rules\.yaml:\d+:\d+ rules\.18\.when: expected conditions that some event can meet, found family_told, which none can\n.*rules\.yaml:\d+:\d+ rules\.20\.clauses: expected a declared clause, found "K55"\n/,
    );
    expect(existsSync(join(data, 'objects', 'segments'))).toBe(false);
  });
});

describe('a policy with warnings', () => {
  it('lets the recorder start, under its name', async () => {
    const child = start('recorder', clinic, join(dir, 'data'));
    let activated: unknown;
    for await (const line of createInterface({ input: child.stderr! })) {
      if (!line.includes('policy activated')) continue;
      activated = JSON.parse(line);
      break;
    }
    expect(activated).toMatchObject({ policy: 'sample-clinic', version: '2025-04-01' });
  });
});

describe('a policy that changes while a service runs', () => {
  it.each(['recorder', 'api', 'standalone'])('is taken by the %s once it is in order', async service => {
    const folder = mkdtempSync(join(dir, 'policy-'));
    cpSync(clinic, folder, { recursive: true });
    const registers = join(folder, 'registers.yaml');
    const text = readFileSync(registers, 'utf8');
    const data = join(dir, `${service}-follows`);
    firstStart(join(data, 'tokens')); // the api does not start without
    const child = start(service, folder, data);
    const exited = once(child, 'exit');
    const running = service === 'api' ? 'listening' : 'partition taken over';
    const steps: [string, () => void][] = [
      [running, () => writeFileSync(registers, text.replace('sample: true', 'sample: [true'))],
      ['policy not reloaded', () => writeFileSync(registers, text.replace(/(cycle_months:) 12/, '$1 13'))],
      ['policy reloaded', () => child.kill('SIGTERM')],
    ];
    const told: string[] = [];
    for await (const line of createInterface({ input: child.stderr! })) {
      if (!line.includes(steps[0]?.[0] ?? '\n')) continue;
      told.push(line);
      steps.shift()![1]();
    }
    expect(told[1]).toMatch(/registers\.yaml:\d+:\d+ /);
    expect(told).toHaveLength(3);
    expect(await exited).toEqual([0, null]);
  });
});
