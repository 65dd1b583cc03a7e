// SPDX-License-Identifier: Apache-2.0
// Holds the README's table of settings against the schema, and the field map against the database and the policy.
import { readFile } from 'node:fs/promises';
import { configTable } from '@ashiato/runtime';
import { expect, test } from 'vitest';
import { deskConfig } from './config.ts';
import { judge, startDesk } from './desk.testing.ts';

const read = (path: string) => readFile(new URL(path, import.meta.url), 'utf8');

/** A table's cells, whatever the formatter made of its spaces and dashes. */
const cells = (markdown: string) =>
  markdown
    .split('\n')
    .filter(line => line.startsWith('|') && !/^[|\s-]+$/.test(line))
    .map(line => line.split('|').map(cell => cell.trim()));

test('the README’s table of settings is generated from the schema', async () => {
  const readme = await read('../README.md');
  expect(cells(readme.slice(readme.indexOf('\n## Settings\n')))).toEqual(cells(configTable(deskConfig)));
});

test('every column of the database is in the field map, and every field but the notes is one of the policy', async () => {
  const { fields } = JSON.parse(await read('./field-map.json')) as { fields: Record<string, string | null> };
  const { database } = await startDesk();
  const columns = database
    .prepare(`select m.name || '.' || c.name as name, m.name || '.*' as whole
              from sqlite_schema m join pragma_table_info(m.name) c where m.type = 'table' and m.name not like 'sqlite_%'`)
    .all();
  expect(columns.length).toBeGreaterThan(30);
  for (const { name, whole } of columns)
    expect(String(name) in fields || String(whole) in fields, String(name)).toBe(true);
  const time = new Date().toISOString();
  const unlisted = Object.values(fields).filter(field => {
    const data = {
      operation: 'use',
      purpose: 'complaint_handling',
      fields: [field],
      refs: { ticket: 'T-1' },
    };
    return field !== null && judge.evaluate({ time, data }).outcome !== 'conforming';
  });
  expect(unlisted).toEqual(['customer.contact_note']);
});
