// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { csv } from './csv.ts';

test('cells that a spreadsheet would run become text', () => {
  const cells = ['=1+1', '+1', '-1', '@SUM(A1)', '\tx', '＝1', 'plain', '', 7, true, null];
  expect(
    csv(
      ['a'],
      cells.map(cell => [cell]),
    ).split('\r\n'),
  ).toEqual(['a', "'=1+1", "'+1", "'-1", "'@SUM(A1)", "'\tx", "'＝1", 'plain', '', '7', 'true', '', '']);
});

/** RFC 4180, read the plain way. */
function parse(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^,"\r\n]*))(,|\r\n)/g)) {
    row.push(quoted === undefined ? plain! : quoted.replaceAll('""', '"'));
    if (end === '\r\n') {
      rows.push(row);
      row = [];
    }
  }
  return rows;
}

test('any text comes back as it was, at most with the apostrophe, and never begins a formula', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' }), { minLength: 1, maxLength: 4 }), texts => {
      const [, cells] = parse(
        csv(
          texts.map(() => 'h'),
          [texts],
        ),
      );
      expect(cells!.map((cell, i) => (cell === `'${texts[i]}` ? texts[i] : cell))).toEqual(texts);
      for (const cell of cells!) expect(cell).not.toMatch(/^[=+\-@\t\r\n]/);
    }),
  );
});
