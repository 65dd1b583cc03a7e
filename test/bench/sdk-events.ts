// SPDX-License-Identifier: Apache-2.0
// The accesses that the figures of the sdk are of: what a desk of an electricity retailer does all day.
import type { Access } from '@ashiato/sdk';

const FIELDS = ['basic.name', 'basic.address', 'basic.phone', 'customer.power_usage'];

/** So many accesses, all different, made before anything is measured. */
export function sdkAccesses(count: number): Access[] {
  return Array.from({ length: count }, (_, n) => ({
    actor: {
      id: `E-${(n * 7) % 400}`,
      type: 'user' as const,
      role: 'billing',
      session: `S${(n * 31) % 5000}`,
    },
    subject: { ref: `K-${(n * 7919) % 100_000}` },
    operation: 'use' as const,
    fields: [FIELDS[n % 4]!, FIELDS[(n + 1) % 4]!],
    purpose: 'billing',
    business: 'electricity',
    refs: { billing_period: `2026-${String(1 + (n % 12)).padStart(2, '0')}` },
  }));
}
