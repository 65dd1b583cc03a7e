// SPDX-License-Identifier: Apache-2.0
import type { AccessRecord } from './words.ts';

/** An ordinary access; give members to replace some. */
export function access(members: Partial<AccessRecord> = {}): AccessRecord {
  return {
    actor: { id: 'staff-104', type: 'user', role: 'billing_clerk' },
    subject: { ref: 'K-1001' },
    operation: 'use',
    fields: ['basic.name', 'customer.power_usage'],
    purpose: 'billing',
    business: 'electricity',
    refs: { billing_period: '2026-06' },
    ...members,
  };
}
