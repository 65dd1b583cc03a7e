// SPDX-License-Identifier: Apache-2.0
import { COMPLETENESS_FORMAT, type CompletenessStatement } from '@ashiato/schema';

/** A statement with one gap and one row of each kind. */
export const sampleStatement: CompletenessStatement = {
  format: COMPLETENESS_FORMAT,
  from: '2026-11-19T15:00:00.000Z',
  to: '2026-11-20T03:00:00.000Z',
  read_until: '2026-11-21T15:00:00.000Z',
  register_sha256: 'a'.repeat(64),
  complete: false,
  partitions: [
    {
      stream: 'access',
      partition: 0,
      first: 0,
      last: 4099,
      segments: 12,
      records: 4100,
      unreadable: 0,
      gaps: [],
      committed_to: 4200,
      committed_at: '2026-11-20T03:10:00.000Z',
      rests_on: 'segment_chain',
    },
  ],
  sources: [
    {
      source: '/billing/1',
      epoch: '3',
      stream: 'access',
      partition: 0,
      state: 'sealed',
      records: 4000,
      unnumbered: 0,
      first: 1,
      last: 4001,
      seals: 720,
      sealed_to: 4001,
      last_seal: '2026-11-20T02:59:40.000Z',
      stopped: false,
      missing: [[77, 77]],
      faults: 1,
      rests_on: 'seal',
    },
  ],
  in_flight: [
    {
      stream: 'access',
      partition: 0,
      committed_to: 4200,
      projected_to: 4200,
      unsealed: [],
      rests_on: 'segment_chain',
    },
  ],
  systems: [
    {
      id: 'billing',
      ja: '料金システム',
      en: 'billing system',
      state: 'sealed',
      sources: ['/billing/1'],
      records: 4000,
      counts: [],
      not_covered: null,
      rests_on: 'seal',
    },
  ],
  gaps: [
    {
      code: 'missing_numbers',
      place: '/billing/1 epoch 3',
      since: '2026-11-20T01:00:00.000Z',
      until: '2026-11-20T01:01:00.000Z',
      ja: '番号 77が届いていません。',
      en: 'number 77 did not arrive',
    },
  ],
};
