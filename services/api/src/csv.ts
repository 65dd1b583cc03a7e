// SPDX-License-Identifier: Apache-2.0
// CSV as RFC 4180 has it, for people who open it in a spreadsheet.

export type Cell = string | number | boolean | null;

/** A spreadsheet takes such a cell for a formula (OWASP "CSV Injection"); an apostrophe makes it text. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;

/** Header line and rows, CRLF after each. */
export function csv(columns: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return [columns, ...rows].map(row => `${row.map(cellText).join(',')}\r\n`).join('');
}

function cellText(cell: Cell): string {
  if (typeof cell === 'number') return String(cell);
  const plain = cell === null ? '' : String(cell);
  const text = FORMULA.test(plain) ? `'${plain}` : plain;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
