// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { createLogger } from './index.ts';

const token = `ashiato_admin_${randomBytes(32).toString('base64url')}`;
const pseudonym = `s1.${randomBytes(16).toString('base64url')}`;

function logged(write: (logger: ReturnType<typeof createLogger>) => void, level = 'trace'): string {
  const lines: string[] = [];
  write(createLogger({ name: 'test', level, destination: { write: line => void lines.push(line) } }));
  return lines.join('');
}

test('a line is JSON with a name, a level in words and a time', () => {
  const line = JSON.parse(logged(logger => logger.info({ segments: 3 }, 'projected')));
  expect(line).toMatchObject({ level: 'info', name: 'test', segments: 3, msg: 'projected' });
  expect(line.time).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
  expect(logged(logger => logger.debug('x'), 'info')).toBe('');
});

test('secrets and persons are taken out at any depth, and the rest stays', () => {
  const text = logged(logger =>
    logger.warn({
      request: { headers: { Authorization: 'hidden-1', 'set-cookie': ['hidden-2'], accept: 'stays-1' } },
      events: [
        {
          subject: { ref: 'hidden-3' },
          actor: { id: 'hidden-4' },
          on_behalf_of: ['hidden-5'],
          purpose: 'stays-2',
        },
      ],
      secretAccessKey: 'hidden-6',
      token_id: 'stays-3',
    }),
  );
  expect(text).not.toContain('hidden-');
  for (const stays of ['stays-1', 'stays-2', 'stays-3']) expect(text).toContain(stays);
  expect(() => JSON.parse(text)).not.toThrow();
});

test('tokens and pseudonyms are taken out of running text, errors and child loggers too', () => {
  const error = new Error(`refused ${token}`, { cause: new Error(`about ${pseudonym}`) });
  Object.assign(error, { code: 'DENIED', input: 'hidden-input' });
  const text = logged(logger => {
    logger.error({ err: error }, `with ${token} about ${pseudonym}`);
    logger.error(error);
    logger.child({ token }).info('x');
    logger.info({ note: pseudonym });
  });
  for (const hidden of [token, pseudonym, 'hidden-input']) expect(text).not.toContain(hidden);
  expect(text).toContain('DENIED');
  expect(text).toContain('refused [redacted]');
});

test('bytes, loops and depth do no harm', () => {
  const loop: Record<string, unknown> = {};
  loop.self = loop;
  const text = logged(logger => logger.info({ loop, bytes: new Uint8Array(9), nothing: null }));
  expect(JSON.parse(text)).toMatchObject({ bytes: '[9 bytes]', nothing: null });
});

test('lines go to standard error, the last words before an exit included', () => {
  const index = fileURLToPath(new URL('./index.ts', import.meta.url));
  const script = `import { createLogger } from ${JSON.stringify(index)};
    createLogger({ name: 'dying' }).fatal('last words'); process.exit(3);`;
  const ended = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  expect(ended.status).toBe(3);
  expect(ended.stdout).toBe('');
  expect(JSON.parse(ended.stderr)).toMatchObject({ name: 'dying', msg: 'last words' });
});
