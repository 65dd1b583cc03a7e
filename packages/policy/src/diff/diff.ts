// SPDX-License-Identifier: Apache-2.0
// Two versions of a policy compared: as they are written, and by what they decide. A door of its own.
import type { PolicyBundle } from '../bundle.ts';
import { type Change, changesOf } from './changes.ts';
import type { Otherwise } from './groups.ts';
import { type Searched, type SearchOptions, searchOtherwise } from './search.ts';

export { diffText } from './text.ts';

type Named = Pick<PolicyBundle, 'id' | 'version' | 'effective_from' | 'effective_to' | 'sha256'>;
export type PolicyDiff = {
  a: Named;
  b: Named;
  changes: readonly Change[];
  searched: Searched;
  otherwise: readonly Otherwise[];
};

/**
 * Compares two versions, of one policy or of two. Events are judged as if both versions were in force. Pure: equal
 * bundles give equal results; bundles of equal content give no change and no event.
 */
export function diffPolicies(a: PolicyBundle, b: PolicyBundle, options?: SearchOptions): PolicyDiff {
  const changes = changesOf(a, b);
  return { a: nameOf(a), b: nameOf(b), changes, ...searchOtherwise(a, b, changes, options) };
}

function nameOf({ id, version, effective_from, effective_to, sha256 }: PolicyBundle): Named {
  return { id, version, effective_from, effective_to, sha256 };
}
