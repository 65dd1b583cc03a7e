// SPDX-License-Identifier: Apache-2.0
// The vocabulary of one version as plain data, for generators of other languages.
import type { PolicyBundle } from '../bundle.ts';
import type { Mode } from '../verdict.ts';
import { allowedFields } from './allowed-fields.ts';

/** The words of a version with their clauses, and the fields by recipient (`none` = inside) and purpose. */
export function vocabularyOf(bundle: PolicyBundle, mode: Mode) {
  const { policy } = bundle;
  const word = ({ id, ja, en }: { id: string; ja: string; en: string }) => ({ id, ja, en });
  const cited = <T extends { id: string; ja: string; en: string; clause: string | null }>(one: T) => ({
    ...word(one),
    clause: one.clause,
  });
  const allowed = [...allowedFields(bundle, mode)].map(([recipient, purposes]) => [
    recipient,
    Object.fromEntries(purposes),
  ]);
  return {
    policy: { id: policy.id, version: policy.version },
    reading: mode,
    fields: policy.fields.map(word),
    purposes: policy.purposes.map(one => ({ ...cited(one), leaning: one.requires_parent === true })),
    businesses: policy.businesses.map(one => ({ ...cited(one), leaning: one.requires_parent === true })),
    recipients: policy.recipients.map(cited),
    references: policy.references.map(word),
    allowed: Object.fromEntries(allowed) as Record<string, Record<string, readonly string[]>>,
  };
}
