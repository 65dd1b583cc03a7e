// SPDX-License-Identifier: Apache-2.0
// Who works at the desk, and their sign-in.
import { createHash, randomBytes, scrypt, scryptSync, timingSafeEqual } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';

export interface Staff {
  id: string;
  /** `customer-desk`, `billing`, `grid-desk`, or the entrusted call centre. */
  org: string;
  role: string;
}

/** The entrusted company whose operators work here too: what they see is provided to it. */
export const CALL_CENTRE = { id: 'callcentre-a', agreement: 'agr-callcentre-a' } as const;

const group = (ids: readonly string[], org: string, role: string) => ids.map(id => ({ id, org, role }));

export const SAMPLE_STAFF: readonly Staff[] = [
  ...group(['st-101', 'st-102', 'st-103', 'st-104'], 'customer-desk', 'desk_clerk'),
  ...group(['st-201', 'st-202'], 'billing', 'billing_clerk'),
  ...group(['st-301', 'st-302'], 'grid-desk', 'supply_clerk'),
  ...group(['cc-01', 'cc-02', 'cc-03'], CALL_CENTRE.id, 'operator'),
];

export const isEntrusted = ({ org }: Staff) => org === CALL_CENTRE.id;

const KEY_BYTES = 32;
const derive = promisify(scrypt) as (password: string, salt: Buffer, bytes: number) => Promise<Buffer>;

export function hashPassword(password: string): string {
  const salt = randomBytes(16);
  return `${salt.toString('hex')}.${scryptSync(password, salt, KEY_BYTES).toString('hex')}`;
}

/** Untrusted input. An unknown id takes as long as a wrong password, so that ids cannot be tried out. */
export async function signInStaff(
  database: DatabaseSync,
  id: string,
  password: string,
): Promise<Staff | undefined> {
  const found = database.prepare('select id, org, role, password from staff where id = ?').get(id);
  const [salt, hash] = String(found?.password ?? `${'00'.repeat(16)}.${'00'.repeat(KEY_BYTES)}`).split('.');
  const derived = await derive(password, Buffer.from(salt!, 'hex'), KEY_BYTES);
  if (!timingSafeEqual(derived, Buffer.from(hash!, 'hex')) || found === undefined) return undefined;
  return { id: String(found.id), org: String(found.org), role: String(found.role) };
}

export interface Sessions {
  /** The secret for the cookie. */
  begin(staff: Staff): string;
  staffOf(session: string | undefined): Staff | undefined;
  end(session: string | undefined): void;
}

const SESSION_MS = 8 * 3_600_000;
const MOST_SESSIONS = 1000;

/** In memory, by hash: after a restart everybody signs in again. */
export function createSessions(now: () => number): Sessions {
  const sessions = new Map<string, { staff: Staff; until: number }>();
  const hashOf = (session: string) => createHash('sha256').update(session).digest('hex');
  return {
    begin(staff) {
      for (const [hash, { until }] of sessions) if (until <= now()) sessions.delete(hash);
      const oldest = sessions.keys().next();
      if (sessions.size >= MOST_SESSIONS && !oldest.done) sessions.delete(oldest.value);
      const session = randomBytes(32).toString('base64url');
      sessions.set(hashOf(session), { staff, until: now() + SESSION_MS });
      return session;
    },
    staffOf(session) {
      const kept = session === undefined ? undefined : sessions.get(hashOf(session));
      return kept !== undefined && kept.until > now() ? kept.staff : undefined;
    },
    end(session) {
      if (session !== undefined) sessions.delete(hashOf(session));
    },
  };
}
