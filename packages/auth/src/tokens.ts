// SPDX-License-Identifier: Apache-2.0
import { randomUUID } from 'node:crypto';
import { AuthError } from './errors.ts';
import { type Entry, openRegistry, scopeSchema } from './registry.ts';
import { ROLES, type Role } from './roles.ts';
import { hashSecret, newSecret, sameHash } from './secret-text.ts';

/** `source_prefix` is for emitters, `who` for regulators and subjects; a subject's token must have one. */
export interface TokenScope {
  source_prefix?: string | undefined;
  who?: string | undefined;
}

export interface TokenRequest {
  role: Role;
  /** Why this token is there, for those who look at the list later; no personal data. */
  label: string;
  scope?: TokenScope;
  /** Absent: no end. */
  expires?: Date;
}

/** A token as the registry knows it: everything but the secret. Times are RFC 3339. */
export type TokenEntry = Omit<Entry, 'hash'>;

export type Verified =
  | { outcome: 'granted'; tokenId: string; role: Role; scope: TokenScope }
  | { outcome: 'refused'; reason: 'malformed' | 'unknown' | 'revoked' | 'expired' };

export interface Tokens {
  /** Makes a token; it works when this returns. Its text is told here and never again. */
  issue(request: TokenRequest): { id: string; token: string };
  /**
   * Judges the text after `Bearer `, which is untrusted. Sees what other processes issued and revoked. The role
   * is the registry's, whatever the text claims. @throws AuthError `REGISTRY` rather than letting anybody in.
   */
  verify(bearer: string): Verified;
  /** Durable when it returns; a revoked token stays in the list. */
  revoke(id: string): 'revoked' | 'already revoked' | 'unknown';
  /** Oldest first. */
  list(): TokenEntry[];
}

const FORM = new RegExp(`^ashiato_(${ROLES.join('|')})_[A-Za-z0-9_-]{43}$`);

/** Opens the registry in `dir`, making folder and file where there are none. */
export function createTokens(dir: string, deps: { now?: () => Date } = {}): Tokens {
  openRegistry(dir).createIfAbsent();
  return openTokens(dir, deps);
}

/** Opens the registry in `dir`. @throws AuthError `REGISTRY` where there is none. */
export function openTokens(dir: string, deps: { now?: () => Date } = {}): Tokens {
  const now = deps.now ?? (() => new Date());
  const registry = openRegistry(dir);
  registry.entries();
  return {
    issue(request) {
      const scope = checkedScope(request);
      if (request.expires !== undefined && !(request.expires > now())) {
        throw new AuthError('TOKEN', 'expected an end in the future');
      }
      const token = `ashiato_${request.role}_${newSecret()}`;
      const entry: Entry = {
        id: randomUUID(),
        hash: hashSecret(token),
        role: request.role,
        scope,
        label: request.label,
        created: now().toISOString(),
        expires: request.expires?.toISOString() ?? null,
        revoked: null,
      };
      registry.change(entries => [...entries, entry]);
      return { id: entry.id, token };
    },
    verify: bearer => verify(registry.entries(), bearer, now()),
    revoke(id) {
      let outcome: ReturnType<Tokens['revoke']> = 'unknown';
      registry.change(entries =>
        entries.map(entry => {
          if (entry.id !== id) return entry;
          outcome = entry.revoked === null ? 'revoked' : 'already revoked';
          return { ...entry, revoked: entry.revoked ?? now().toISOString() };
        }),
      );
      return outcome;
    },
    list: () => registry.entries().map(({ hash: _, ...entry }) => entry),
  };
}

/** Looks at every entry, so that the time taken does not tell which one it was. */
function verify(entries: readonly Entry[], bearer: string, now: Date): Verified {
  if (!FORM.test(bearer)) return { outcome: 'refused', reason: 'malformed' };
  const hash = hashSecret(bearer);
  let found: Entry | undefined;
  for (const entry of entries) if (sameHash(entry.hash, hash)) found = entry;
  if (found === undefined) return { outcome: 'refused', reason: 'unknown' };
  if (found.revoked !== null) return { outcome: 'refused', reason: 'revoked' };
  if (found.expires !== null && new Date(found.expires) <= now)
    return { outcome: 'refused', reason: 'expired' };
  return { outcome: 'granted', tokenId: found.id, role: found.role, scope: found.scope };
}

/** A limit that its role does not know would look like protection and be none, so it is refused. */
function checkedScope({ role, label, scope = {} }: TokenRequest): TokenScope {
  if (label.trim() === '' || label.length > 200)
    throw new AuthError('TOKEN', 'expected a label of 1 to 200 characters');
  const parsed = scopeSchema.safeParse(scope);
  if (!parsed.success) throw new AuthError('TOKEN', 'expected a scope of source_prefix or who', parsed.error);
  if (parsed.data.source_prefix !== undefined && role !== 'emitter') {
    throw new AuthError('TOKEN', `source_prefix is for emitters, got the role ${role}`);
  }
  const isAboutSomebody = role === 'regulator' || role === 'subject';
  if (parsed.data.who !== undefined && !isAboutSomebody) {
    throw new AuthError('TOKEN', `who is for regulators and subjects, got the role ${role}`);
  }
  if (parsed.data.who === undefined && role === 'subject') {
    throw new AuthError(
      'TOKEN',
      'a subject token needs who: the ref of the one person whose statement it opens',
    );
  }
  return parsed.data;
}
