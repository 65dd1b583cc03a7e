// SPDX-License-Identifier: Apache-2.0
// Signing in to the page: a code that works once, for a session that lives in this process's memory alone.
import { randomUUID } from 'node:crypto';
import type { Role } from './roles.ts';
import { hashSecret, newSecret } from './secret-text.ts';

const CODE_MS = 10 * 60_000;
const SESSION_MS = 12 * 3_600_000;
const MOST_SESSIONS = 1_000;

export type SessionVerified =
  | { outcome: 'granted'; sessionId: string; role: Role; expires: Date }
  | { outcome: 'refused'; reason: 'unknown' | 'expired' };

export type Redeemed =
  | { outcome: 'granted'; session: string; sessionId: string; role: Role; expires: Date }
  | { outcome: 'refused'; reason: 'unknown' | 'expired' };

export interface SignIns {
  /** A code for the printed address; works once, for 10 minutes. */
  issueSignIn(role: Role): string;
  /**
   * Trades a code for a session of 12 hours. `session` is the secret for an HttpOnly, SameSite=Strict cookie;
   * `sessionId` may be logged. A code used twice is unknown the second time.
   */
  redeem(code: string): Redeemed;
  /** Judges the cookie's value, which is untrusted. */
  verify(session: string): SessionVerified;
  /** Ends a session now; an unknown one is none already. */
  end(session: string): void;
}

interface Kept {
  id: string;
  role: Role;
  expires: Date;
}

/** Nothing survives the process: after a restart everybody signs in again. */
export function createSignIns(deps: { now?: () => Date } = {}): SignIns {
  const now = deps.now ?? (() => new Date());
  // Keyed by hash, so that neither a dump of memory nor the time of a look-up gives a secret away.
  const codes = new Map<string, Kept>();
  const sessions = new Map<string, Kept>();

  function keep(map: Map<string, Kept>, role: Role, lifeMs: number): { secret: string; kept: Kept } {
    for (const [hash, { expires }] of map) if (expires <= now()) map.delete(hash);
    const oldest = map.keys().next();
    if (map.size >= MOST_SESSIONS && !oldest.done) map.delete(oldest.value);
    const secret = newSecret();
    const kept = { id: randomUUID(), role, expires: new Date(now().getTime() + lifeMs) };
    map.set(hashSecret(secret), kept);
    return { secret, kept };
  }

  function look(map: Map<string, Kept>, secret: string): Kept | 'unknown' | 'expired' {
    const kept = map.get(hashSecret(secret));
    if (kept === undefined) return 'unknown';
    return kept.expires <= now() ? 'expired' : kept;
  }

  return {
    issueSignIn: role => keep(codes, role, CODE_MS).secret,
    redeem(code) {
      const found = look(codes, code);
      codes.delete(hashSecret(code));
      if (typeof found === 'string') return { outcome: 'refused', reason: found };
      const { secret, kept } = keep(sessions, found.role, SESSION_MS);
      return {
        outcome: 'granted',
        session: secret,
        sessionId: kept.id,
        role: kept.role,
        expires: kept.expires,
      };
    },
    verify(session) {
      const found = look(sessions, session);
      if (typeof found === 'string') return { outcome: 'refused', reason: found };
      return { outcome: 'granted', sessionId: found.id, role: found.role, expires: found.expires };
    },
    end(session) {
      sessions.delete(hashSecret(session));
    },
  };
}
