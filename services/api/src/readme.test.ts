// SPDX-License-Identifier: Apache-2.0
// Holds the README's table of settings against the schema; its snippet is run with those of all rooms.
import { readFile } from 'node:fs/promises';
import { configTable } from '@ashiato/runtime';
import { expect, test } from 'vitest';
import { apiConfig } from './config.ts';

const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');

/** A table's cells, whatever the formatter made of its spaces and dashes. */
const cells = (markdown: string) =>
  markdown
    .split('\n')
    .filter(line => line.startsWith('|') && !/^[|\s-]+$/.test(line))
    .map(line => line.split('|').map(cell => cell.trim()));

test('the README’s table of settings is generated from the schema', () => {
  expect(cells(readme.slice(readme.indexOf('\n## Settings\n')))).toEqual(cells(configTable(apiConfig)));
});
