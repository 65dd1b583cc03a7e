// SPDX-License-Identifier: Apache-2.0
// The README's table of commands is the one that `--help` prints, both ways.
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const run = promisify(execFile);

/** The commands that a help text lists, but for `help` itself. */
async function commandsOf(...above: string[]): Promise<string[]> {
  const main = join(import.meta.dirname, 'main.ts');
  const args = ['--disable-warning=ExperimentalWarning', main, ...above, '--help'];
  const { stdout } = await run(process.execPath, args);
  const [, list = ''] = stdout.split('\nCommands:\n');
  return [...list.matchAll(/^ {2}([a-z-]+)/gm)].map(found => found[1]!).filter(name => name !== 'help');
}

test('the README lists every command, and no other', async () => {
  const readme = await readFile(join(import.meta.dirname, '../README.md'), 'utf8');
  const told = [...readme.matchAll(/^\| `([a-z -]+)` +\|/gm)].map(found => found[1]!);
  const groups = ['stack', 'query', 'extract', 'policy', 'hold', 'retention', 'key', 'token'];
  const top = (await commandsOf()).filter(name => !groups.includes(name));
  const below = await Promise.all(
    groups.map(async group => (await commandsOf(group)).map(name => `${group} ${name}`)),
  );
  expect(top.length).toBeGreaterThan(4);
  expect(told.toSorted()).toEqual([...top, ...below.flat()].toSorted());
});
