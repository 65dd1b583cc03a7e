// SPDX-License-Identifier: Apache-2.0
// A case is why a member of staff looks at a customer. It decides the purpose that the trail is told, and is the
// reference that explains the access.
import type { DatabaseSync } from 'node:sqlite';
import type { Purpose, Reference } from '@ashiato/policy/astmax-energy';

export const CASE_KINDS = {
  inquiry: { letter: 'T', purpose: 'customer_contact', reference: 'ticket' },
  complaint: { letter: 'K', purpose: 'complaint_handling', reference: 'ticket' },
  bill: { letter: 'B', purpose: 'billing', reference: 'ticket' },
  move: { letter: 'R', purpose: 'registration_update', reference: 'request' },
  work: { letter: 'W', purpose: 'equipment_management', reference: 'work_order' },
} as const satisfies Record<string, { letter: string; purpose: Purpose; reference: Reference }>;
export type CaseKind = keyof typeof CASE_KINDS;

export const isCaseKind = (kind: unknown): kind is CaseKind =>
  typeof kind === 'string' && Object.hasOwn(CASE_KINDS, kind);

export interface Case {
  id: string;
  kind: CaseKind;
  /** Absent until the customer was found. */
  customer: string | undefined;
  opened_at: string;
}

export interface Cases {
  open(kind: CaseKind, staff: string): Case;
  /** An open case of this member of staff; another's explains nothing. */
  find(id: string, staff: string): Case | undefined;
  /** Says whom the case is about, once. */
  bind(id: string, customer: string): void;
  close(id: string): void;
  /** Newest first, at most 20. */
  openOf(staff: string): Case[];
}

export function createCases(database: DatabaseSync, now: () => number): Cases {
  const insert = database.prepare(
    `insert into cases (id, kind, opened_by, opened_at)
     values (?1 || printf('%04d', (select count(*) + 1 from cases where id glob ?1 || '*')), ?2, ?3, ?4) returning *`,
  );
  const find = database.prepare('select * from cases where id = ? and opened_by = ? and closed_at is null');
  const bind = database.prepare(
    'update cases set customer_number = ? where id = ? and customer_number is null',
  );
  const close = database.prepare('update cases set closed_at = ? where id = ?');
  const open = database.prepare(
    'select * from cases where opened_by = ? and closed_at is null order by opened_at desc limit 20',
  );
  return {
    open(kind, staff) {
      const day = dayOf(new Date(now())).replaceAll('-', '');
      const stem = `${CASE_KINDS[kind].letter}-${day}-`;
      return caseOf(insert.get(stem, kind, staff, new Date(now()).toISOString())!);
    },
    find(id, staff) {
      const row = find.get(id, staff);
      return row && caseOf(row);
    },
    bind: (id, customer) => void bind.run(customer, id),
    close: id => void close.run(new Date(now()).toISOString(), id),
    openOf: staff => open.all(staff).map(caseOf),
  };
}

function caseOf(row: Record<string, unknown>): Case {
  const { id, kind, customer_number, opened_at } = row as Record<string, string | null>;
  return { id: id!, kind: kind as CaseKind, customer: customer_number ?? undefined, opened_at: opened_at! };
}

/** The day in Tokyo, as `2026-06-02`. */
export function dayOf(at: Date): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Tokyo' }).format(at);
}
