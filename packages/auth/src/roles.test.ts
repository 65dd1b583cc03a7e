// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { ACTIONS, can, ROLES } from './roles.ts';

/** A table's cells, row by row, whatever the formatter made of its spaces. */
function cells(markdown: string): string[][] {
  const rows = markdown.split('\n').filter(line => line.startsWith('|'));
  return rows.map(row =>
    row
      .split('|')
      .slice(1, -1)
      .map(cell => cell.trim()),
  );
}

test('the README shows the table that is in force, no row more or less', async () => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  const shown = cells(readme.slice(readme.indexOf('| action')));
  const inForce = ACTIONS.map(action => [
    `\`${action}\``,
    ...ROLES.map(role => (can(role, action) ? '●' : '')),
  ]);
  expect(shown[0]).toEqual(['action', ...ROLES]);
  expect(shown.slice(2)).toEqual(inForce);
});

test('each role can do something, and only admin can administer', () => {
  for (const role of ROLES) expect(ACTIONS.some(action => can(role, action))).toBe(true);
  expect(ROLES.filter(role => can(role, 'admin'))).toEqual(['admin']);
});

test('those who are in the trail or about it do not read it', () => {
  const readers = ['records.read', 'record.proof.read', 'subjects.resolve', 'flags.read'] as const;
  for (const action of readers) {
    expect(ROLES.filter(role => can(role, action))).toEqual(['investigator', 'admin']);
  }
});
