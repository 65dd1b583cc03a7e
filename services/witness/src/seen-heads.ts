// SPDX-License-Identifier: Apache-2.0
// What a witness has cosigned last of each log: a SQLite file, so that it is durable before any answer, and two witnesses
// on one folder by mistake cannot go two ways.
import { DatabaseSync } from 'node:sqlite';
import { fromHex, toHex } from '@ashiato/tlog';
import type { TreeHead } from '@ashiato/tlog/note';

export interface SeenHeads {
  /** The head last cosigned of this log; undefined when none was. */
  last(origin: string): TreeHead | undefined;
  /** Replaces the head of size `old` (0: none); durable when it returns. False when another is there now. */
  advance(origin: string, old: number, head: TreeHead): boolean;
  close(): void;
}

export function openSeenHeads(path: string): SeenHeads {
  const book = new DatabaseSync(path, { timeout: 10_000 });
  book.exec('pragma journal_mode = wal');
  book.exec('pragma synchronous = full');
  book.exec(`
  create table if not exists seen (
    origin text primary key,
    size integer not null,  -- leaves
    root text not null      -- hex
  ) strict, without rowid`);
  const select = book.prepare('select size, root from seen where origin = ?');
  const begin = book.prepare('insert into seen (origin, size, root) values (?, ?, ?) on conflict do nothing');
  const move = book.prepare('update seen set size = ?, root = ? where origin = ? and size = ?');
  return {
    last(origin) {
      const row = select.get(origin) as { size: number; root: string } | undefined;
      return row && { size: row.size, root: fromHex(row.root)! };
    },
    advance(origin, old, { size, root }) {
      const hex = toHex(root);
      const changed = old === 0 ? begin.run(origin, size, hex) : move.run(size, hex, origin, old);
      return Number(changed.changes) === 1;
    },
    close: () => book.close(),
  };
}
