// SPDX-License-Identifier: Apache-2.0
// Which objects of a folder may not be removed, and until when: a SQLite file beside them, so that several
// processes change it in turn and a dead one leaves no lock behind.
import { DatabaseSync } from 'node:sqlite';
import { shorterRetention } from './object-key.ts';
import type { Retention } from './object-store.ts';

const TABLE = `
  create table if not exists retention (
    key text primary key,
    retain_until integer,             -- milliseconds since 1970, whole seconds
    legal_hold integer not null default 0
  ) strict, without rowid`;

export type RetentionBook = ReturnType<typeof openRetentionBook>;

/**
 * Every method is durable when it returns (WAL, synchronous=FULL). Calls block this thread for one fsync, and
 * up to 10 s while another process holds the file.
 */
export function openRetentionBook(path: string) {
  const book = new DatabaseSync(path, { timeout: 10_000 });
  book.exec('pragma journal_mode = wal');
  book.exec('pragma synchronous = full');
  book.exec(TABLE);
  const select = book.prepare('select retain_until, legal_hold from retention where key = ?');
  const keep = book.prepare(`
    insert into retention (key, retain_until) values (?, ?)
    on conflict (key) do update set retain_until = max(coalesce(retain_until, 0), excluded.retain_until)`);
  const hold = book.prepare(`
    insert into retention (key, legal_hold) values (?, ?)
    on conflict (key) do update set legal_hold = excluded.legal_hold`);
  const forget = book.prepare('delete from retention where key = ?');

  function read(key: string): Retention {
    const row = select.get(key);
    const until = row?.retain_until;
    return {
      retainUntil: typeof until === 'number' ? new Date(until) : null,
      legalHold: row?.legal_hold === 1,
    };
  }

  /** Nobody else, in this process or another, changes the book while `work` runs. `work` must not await. */
  function alone<T>(work: () => T): T {
    book.exec('begin immediate');
    try {
      const result = work();
      book.exec('commit');
      return result;
    } catch (error) {
      book.exec('rollback');
      throw error;
    }
  }

  return {
    read,
    /** The longer of what is kept and what is asked. */
    keepAtLeast(key: string, until: Date) {
      keep.run(key, until.getTime());
    },
    /** @throws ObjectsError `RETENTION` when `until` is earlier than what is kept. */
    extend(key: string, until: Date, assertPresent: () => void) {
      alone(() => {
        assertPresent();
        const kept = read(key).retainUntil;
        if (kept !== null && until < kept) throw shorterRetention(key, kept, until);
        keep.run(key, until.getTime());
      });
    },
    setHold(key: string, on: boolean, assertPresent: () => void) {
      alone(() => {
        assertPresent();
        hold.run(key, on ? 1 : 0);
      });
    },
    /**
     * Runs `unlink` unless the key is retained or held; returns what protects it, else null. Nobody can put a
     * hold on it between the look and the removal. If we die after the unlink, only a spent line stays.
     */
    removeUnlessKept(key: string, unlink: () => void): Retention | null {
      return alone(() => {
        const kept = read(key);
        if (kept.legalHold || (kept.retainUntil !== null && kept.retainUntil.getTime() > Date.now()))
          return kept;
        unlink();
        forget.run(key);
        return null;
      });
    },
    close: () => book.close(),
  };
}
