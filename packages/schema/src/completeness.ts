// SPDX-License-Identifier: Apache-2.0
// The completeness statement (DESIGN 3, EVIDENCE 4): what an interval holds, on which proof, and every gap.
import { z } from 'zod';
import { gapSchema } from './audit-record.ts';

/** Format version in every statement. A reader MUST refuse a format it does not know. */
export const COMPLETENESS_FORMAT = 'ashiato.completeness.v1';

/** What a figure rests on. */
export const PROOFS = ['segment_chain', 'seal', 'sequence', 'independent_count', 'register', 'none'] as const;
export type Proof = (typeof PROOFS)[number];
const restsOn = z.enum(PROOFS);
const number = z.number().int();
const time = z.string().describe('RFC 3339, UTC');
const ranges = z.array(z.tuple([number, number])).describe('first and last number of each');

/** What one seal, or one step in a source's numbers, shows to be wrong. */
export const FAULT_CODES = [
  'missing_numbers',
  'altered',
  'not_checked',
  'conflict',
  'forged_seal',
  'malformed_seal',
  'missing_seal',
  'overlapping_seal',
  'silent',
  'clock',
] as const;

export type FaultCode = (typeof FAULT_CODES)[number];

/** What stands against completeness. Each of them makes the `no-access` certificate be refused. */
export const GAP_CODES = [
  'chain_broken',
  'not_begun',
  'not_reached',
  'lost_offsets',
  'unreadable',
  ...FAULT_CODES,
  'unknown_tail',
  'tail_disagrees',
  'no_register',
  'not_covered',
  'no_source',
  'unsealed_system',
  'unlisted_source',
  'count_differs',
] as const;
export type GapCode = (typeof GAP_CODES)[number];

export const completenessGap = z.object({
  code: z.enum(GAP_CODES),
  place: z.string().describe('object key, record id, source with epoch, or system'),
  since: time.nullable().describe('the time it may be about; null = the whole interval'),
  until: time.nullable(),
  ja: z.string(),
  en: z.string(),
});
export type CompletenessGap = z.infer<typeof completenessGap>;

const partitionRow = z.object({
  stream: z.string(),
  partition: number,
  first: number.nullable().describe('offsets of the interval; null where it holds none'),
  last: number.nullable(),
  segments: number,
  records: number,
  unreadable: number,
  gaps: z.array(gapSchema).describe('offsets without a record, with what proves why'),
  committed_to: number.describe('last offset that was read, -1 = none'),
  committed_at: time.nullable().describe("the broker's clock there: no claim reaches beyond it"),
  rests_on: restsOn,
});

const sourceRow = z.object({
  source: z.string(),
  epoch: z.string().nullable(),
  stream: z.string(),
  partition: number,
  state: z.enum(['sealed', 'unsealed', 'unknown']).describe('unknown: no key is registered for it'),
  records: number.describe('accesses counted within the interval'),
  unnumbered: number,
  first: number.nullable().describe('lowest and highest number within the interval'),
  last: number.nullable(),
  seals: number.describe('valid ones within the interval'),
  sealed_to: number.describe('highest number under a valid seal; 0 = none'),
  last_seal: time.nullable(),
  stopped: z.boolean(),
  missing: ranges,
  faults: number.describe('gaps of this source in `gaps`'),
  rests_on: restsOn,
});

const countRow = z.object({
  record: z.string().describe('id of the context event that carries the count'),
  from: time,
  to: time,
  counted: number.describe('by the system itself'),
  recorded: number.describe('accesses of its sources in the trail in those hours'),
  equal: z.boolean(),
});

const systemRow = z.object({
  id: z.string(),
  ja: z.string(),
  en: z.string(),
  state: z.enum(['sealed', 'reconciled', 'unsealed', 'no_source', 'not_covered']),
  sources: z.array(z.string()),
  records: number,
  counts: z.array(countRow),
  not_covered: z.object({ ja: z.string(), en: z.string() }).nullable(),
  rests_on: restsOn,
});

const inFlight = z.object({
  stream: z.string(),
  partition: number,
  committed_to: number,
  projected_to: number.nullable().describe('last offset in ClickHouse; null where nobody asked it'),
  unsealed: z.array(
    z.object({ source: z.string(), epoch: z.string().nullable(), first: number, last: number }),
  ),
  rests_on: restsOn,
});

export const completenessStatement = z.object({
  format: z.literal(COMPLETENESS_FORMAT),
  from: time.describe("inclusive; of the broker's clock"),
  to: time.describe('exclusive'),
  read_until: time.describe('seals and counts that speak of the interval were looked for up to here'),
  register_sha256: z.string().describe('registers of sources and systems that were used'),
  complete: z.boolean().describe('no gap: recorded accesses of covered systems, within the interval'),
  partitions: z.array(partitionRow),
  sources: z.array(sourceRow),
  in_flight: z.array(inFlight),
  systems: z.array(systemRow),
  gaps: z.array(completenessGap),
  log: z
    .object({ origin: z.string(), size: number, root: z.string(), checkpoint: z.string() })
    .optional()
    .describe('the transparency log at the time of the statement; absent where none was given'),
});
export type CompletenessStatement = z.infer<typeof completenessStatement>;
