// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

/** Starts the program, sends `signals` one after the other once it says `when`, and waits for its end. */
async function live(
  way: string,
  options: { signals?: NodeJS.Signals[]; when?: string; deadlineMs?: number; apartMs?: number } = {},
) {
  const script = fileURLToPath(new URL('./test-programs/live.ts', import.meta.url));
  const args = [script, way, String(options.deadlineMs ?? 60_000)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const signals = [...(options.signals ?? [])];
  let said = '';
  let logged = '';
  child.stdout.on('data', chunk => {
    said += chunk;
    if (said.includes(options.when ?? 'never')) send();
  });
  child.stderr.on('data', chunk => {
    logged += chunk;
    // So the second signal comes after the first was taken.
    if (logged.includes('"msg":"stopping"')) setTimeout(send, options.apartMs ?? 0);
  });
  function send(): void {
    const next = signals.shift();
    if (next !== undefined) child.kill(next);
  }
  const [code] = await once(child, 'close');
  const log = logged
    .split('\n')
    .filter(Boolean)
    .map(line => JSON.parse(line));
  return { code, said: said.split('\n').filter(Boolean), log };
}

test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
  '%s: all drain, then close in reverse, and main goes on',
  async signal => {
    const { code, said } = await live('calm', { signals: [signal], when: 'second runs' });
    expect(code).toBe(0);
    expect(said.slice(0, 2)).toEqual(['first runs', 'second runs']);
    expect(said.slice(2, 4).sort()).toEqual(['first drained', 'second drained']);
    expect(said.slice(4)).toEqual(['second closed', 'first closed', 'store closed', 'main goes on']);
  },
);

test.each(['failing', 'throwing'])('the first failure (%s) stops and drains all others', async way => {
  const { code, said, log } = await live(way);
  expect(code).toBe(1);
  expect(said).toContain('first drained');
  expect(said.indexOf('first closed')).toBeGreaterThan(said.indexOf('first drained'));
  expect(said.at(-1)).toBe('main goes on');
  expect(log).toContainEqual(expect.objectContaining({ level: 'error', part: 'broken' }));
});

test('past the deadline it gives up with 1 and names what hangs', async () => {
  const { code, said, log } = await live('hanging', {
    signals: ['SIGTERM'],
    when: 'deaf runs',
    deadlineMs: 50,
  });
  expect(code).toBe(1);
  expect(said).toEqual(['deaf runs']);
  expect(log.at(-1)).toMatchObject({ level: 'fatal', unfinished: ['deaf'] });
});

test('a second Ctrl-C leaves at once', async () => {
  const { code, said } = await live('hanging', {
    signals: ['SIGINT', 'SIGINT'],
    when: 'deaf runs',
    apartMs: 1100,
  });
  expect(code).toBe(130);
  expect(said).toEqual(['deaf runs']);
});

test('a signal that comes to the group and once more from the parent is one request', async () => {
  const { code, said } = await live('calm', { signals: ['SIGHUP', 'SIGHUP'], when: 'second runs' });
  expect(code).toBe(0);
  expect(said.at(-1)).toBe('main goes on');
});

test('what cannot be closed does not keep others open, and is told', async () => {
  const { code, said, log } = await live('unclosable', { signals: ['SIGTERM'], when: 'first runs' });
  expect(code).toBe(1);
  expect(said.slice(-3)).toEqual(['first closed', 'store closed', 'main goes on']);
  expect(log).toContainEqual(expect.objectContaining({ level: 'error', part: 'sticky' }));
});

test('when all parts are done by themselves, all is closed and the code is 0', async () => {
  expect(await live('finished')).toMatchObject({
    code: 0,
    said: ['once done', 'store closed', 'main goes on'],
  });
});
