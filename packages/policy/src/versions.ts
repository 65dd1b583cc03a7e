// SPDX-License-Identifier: Apache-2.0
// Versions of a policy in time: each is in force from its first day until its end, or until the next one starts.
import type { PolicyBundle } from './bundle.ts';

/** In the order in which they come into force. */
export function inOrder(bundles: readonly PolicyBundle[]): PolicyBundle[] {
  return [...bundles].sort((a, b) => Date.parse(a.effective_from) - Date.parse(b.effective_from));
}

/** The instant at which a version stops being in force; `next` is its successor. */
export function endOf(bundle: PolicyBundle, next: PolicyBundle | undefined): number {
  if (bundle.effective_to !== null) return Date.parse(bundle.effective_to);
  return next ? Date.parse(next.effective_from) : Number.POSITIVE_INFINITY;
}

/** Neighbours of one policy, earlier first, that claim one time or one version. */
export function overlaps(bundles: readonly PolicyBundle[]): [PolicyBundle, PolicyBundle][] {
  // Not Map.groupBy: the sdk judges on Node 20 too.
  return [...new Set(bundles.map(({ id }) => id))].flatMap(id => {
    const ordered = inOrder(bundles.filter(bundle => bundle.id === id));
    return ordered.slice(1).flatMap((later, index): [PolicyBundle, PolicyBundle][] => {
      const earlier = ordered[index]!;
      const starts = Date.parse(later.effective_from);
      const apart = Date.parse(earlier.effective_from) < starts && endOf(earlier, later) <= starts;
      return apart && earlier.version !== later.version ? [] : [[earlier, later]];
    });
  });
}
