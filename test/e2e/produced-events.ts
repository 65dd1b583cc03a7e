// SPDX-License-Identifier: Apache-2.0
// Events as a foreign producer writes them: CloudEvents JSON, one a line, nothing of ours involved.

/** `count` conforming accesses of one source without sequence numbers; ids run from `first`. */
export function producedEvents(count: number, first = 0, source = '/foreign/crm'): string[] {
  return Array.from({ length: count }, (_, i) => producedEvent(first + i, source));
}

function producedEvent(n: number, source: string): string {
  return JSON.stringify({
    specversion: '1.0',
    id: `crm-${n}`,
    source,
    type: 'io.ashiato.access.v1',
    time: new Date(Date.UTC(2026, 9, 6) + n * 10).toISOString(),
    datacontenttype: 'application/json',
    data: {
      actor: { id: `E-${n % 200}`, type: 'user', org: 'own', role: 'billing' },
      subject: { ref: `K-${n % 5000}` },
      operation: 'use',
      fields: ['basic.name', 'basic.contract_number'],
      purpose: 'billing',
      business: 'electricity',
      refs: { contract: `C-${n % 5000}`, billing_period: '2026-10' },
    },
  });
}
