// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { configTable } from '@ashiato/runtime';
import { expect, test } from 'vitest';
import { intakeConfig } from './config.ts';
import { intakePaths } from './openapi.ts';
import { PROBLEMS } from './problems.ts';

test('the table of codes in the README is the one in the code, both ways', async () => {
  const readme = await readFile(join(import.meta.dirname, '../README.md'), 'utf8');
  const rows = [...readme.matchAll(/^\| `([a-z_]+)` +\| (\d{3}) +\| (.+?) +\|$/gm)].map(
    ([, code, status, title]) => [code, [Number(status), title]],
  );
  expect(Object.fromEntries(rows)).toEqual(PROBLEMS);
  expect(rows).toHaveLength(Object.keys(PROBLEMS).length);
});

test('the OpenAPI path names every code under its status', () => {
  const responses = intakePaths['/v1/events'].post.responses as Record<string, { description: string }>;
  for (const [code, [status]] of Object.entries(PROBLEMS)) {
    expect(responses[String(status)]!.description.split(', ')).toContain(code);
  }
  const statuses = new Set(['202', ...Object.values(PROBLEMS).map(([status]) => String(status))]);
  expect(new Set(Object.keys(responses))).toEqual(statuses);
});

/** A table's cells, whatever the formatter made of its spaces and dashes. */
const cells = (markdown: string) =>
  markdown
    .split('\n')
    .filter(line => line.startsWith('|') && !/^[|\s-]+$/.test(line))
    .map(line => line.split('|').map(cell => cell.trim()));

test('the README’s table of settings is generated from the schema', async () => {
  const readme = await readFile(join(import.meta.dirname, '../README.md'), 'utf8');
  expect(cells(readme.slice(readme.indexOf('\n## Settings\n')))).toEqual(cells(configTable(intakeConfig)));
});
