// SPDX-License-Identifier: Apache-2.0
// Standard output carries the command's own output alone; everything said to people goes to standard error.
import { cannotRun } from './exit.ts';

export const print = (text: string): void => {
  process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
};
export const printJson = (value: unknown): void => print(JSON.stringify(value, null, 2));
export const say = (text: string): void => {
  process.stderr.write(`${text}\n`);
};

export type Format = 'table' | 'json' | 'csv';

/** The format of a query: `--format`, or `--json` for short. */
export function formatOf(options: { format?: string; json?: boolean }): Format {
  const format = options.json ? 'json' : (options.format ?? 'table');
  if (format === 'table' || format === 'json' || format === 'csv') return format;
  throw cannotRun(`--format: expected table, json or csv, got ${format}`);
}

/** Rows as aligned columns; numbers to the right. */
export function table(columns: string[], rows: (string | number)[][]): string {
  const cells = [columns, ...rows.map(row => row.map(String))];
  const widths = columns.map((_, i) => Math.max(...cells.map(row => width(row[i] ?? ''))));
  const line = (row: string[], numeric: boolean[]) =>
    row
      .map((cell, i) => pad(cell, widths[i]!, numeric[i] ?? false))
      .join('  ')
      .trimEnd();
  const numeric = columns.map((_, i) => rows.length > 0 && rows.every(row => typeof row[i] === 'number'));
  return [
    line(columns, numeric),
    line(
      widths.map(n => '-'.repeat(n)),
      [],
    ),
    ...rows.map(row => line(row.map(String), numeric)),
  ].join('\n');
}

const pad = (text: string, to: number, left: boolean) =>
  left ? ' '.repeat(to - width(text)) + text : text + ' '.repeat(to - width(text));

/** Columns on a terminal: East Asian wide characters take two (Unicode TR11, the ranges that Japanese uses). */
const width = (text: string): number =>
  text.length +
  (text.match(
    /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/g,
  )?.length ?? 0);

/** A progress line on standard error, on terminals only; `done` wipes it. */
export function progress(what: string): {
  at(count: number, total: number | null, detail?: string): void;
  done(): void;
} {
  const shown = process.stderr.isTTY;
  let last = 0;
  return {
    at(count, total, detail = '') {
      const now = Date.now();
      if (!shown || now - last < 100) return;
      last = now;
      const bar = total ? `[${'#'.repeat(Math.floor((20 * count) / total)).padEnd(20, '.')}] ` : '';
      process.stderr.write(`\r\x1b[K${what} ${bar}${count.toLocaleString('en')} ${detail}`);
    },
    done() {
      if (shown) process.stderr.write('\r\x1b[K');
    },
  };
}
