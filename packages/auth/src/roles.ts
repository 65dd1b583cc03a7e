// SPDX-License-Identifier: Apache-2.0
// Who may ask what: one table, the same as in the README (a test compares them).

export const ROLES = ['emitter', 'viewer', 'investigator', 'regulator', 'subject', 'admin'] as const;
export type Role = (typeof ROLES)[number];

const ALLOWED = {
  'events.write': ['emitter', 'admin'],
  'usage.read': ['viewer', 'investigator', 'admin'],
  'records.read': ['investigator', 'admin'],
  'record.proof.read': ['investigator', 'admin'],
  'flags.read': ['investigator', 'admin'],
  'flags.write': ['investigator', 'admin'],
  'completeness.read': ['viewer', 'investigator', 'admin'],
  'policies.read': ['viewer', 'investigator', 'admin'],
  'policies.evaluate': ['viewer', 'investigator', 'admin'],
  'extracts.create': ['investigator', 'admin'],
  'extracts.read': ['investigator', 'regulator', 'admin'],
  'subjects.resolve': ['investigator', 'admin'],
  'statement.read': ['investigator', 'subject', 'admin'],
  'metrics.read': ['viewer', 'admin'],
  admin: ['admin'],
} as const satisfies Record<string, readonly Role[]>;

export type Action = keyof typeof ALLOWED;
export const ACTIONS = Object.keys(ALLOWED) as Action[];

/**
 * Whether a role may do something at all. What it may do it *to* is the scope's matter: an emitter's sources, a
 * regulator's own extracts, a subject's own statement.
 */
export function can(role: Role, action: Action): boolean {
  const roles: readonly Role[] = ALLOWED[action];
  return roles.includes(role);
}
