// SPDX-License-Identifier: Apache-2.0
// The README's tables are the schema's own; ASHIATO_TEST_UPDATE=1 rewrites them.
import { readFile, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { accessEvent } from './access-event.ts';
import { formTable, memberTable } from './member-table.testing.ts';

const path = new URL('../README.md', import.meta.url);

/** A table's cells, whatever the formatter made of its spaces and dashes. */
const cells = (markdown: string) =>
  markdown
    .split('\n')
    .filter(line => line.startsWith('|') && !/^[|\s-]+$/.test(line))
    .map(line => line.split(/(?<!\\)\|/).map(cell => cell.trim()));

test('the README’s tables of members and forms are generated from the schema', async () => {
  const heading = '\n## The access event\n';
  const [before, after] = (await readFile(path, 'utf8')).split(heading);
  const tables = `${memberTable()}\n${formTable()}`;
  if (process.env.ASHIATO_TEST_UPDATE === '1') await writeFile(path, `${before}${heading}\n${tables}`);
  else expect(cells(after!)).toEqual(cells(tables));
});

test('every member of the schema has a row, and only those', () => {
  const rows = cells(memberTable()).slice(1);
  const names = rows.map(([, member]) => member!.replaceAll('`', ''));
  const top = names.filter(name => !/[.[]/.test(name));
  expect(top).toEqual(Object.keys(accessEvent.shape));
  for (const name of ['data.subject.ref', 'data.on_behalf_of[].id', 'data.refs.contract']) {
    expect(names).toContain(name);
  }
  expect(rows.filter(([, , , form]) => /object$|undefined/.test(form!)).map(([, name]) => name)).toEqual(
    names.filter(name => names.some(other => other.startsWith(`${name}.`))).map(name => `\`${name}\``),
  );
});
