// SPDX-License-Identifier: Apache-2.0
// The manifest: what was asked, at which checkpoint, how much came out, and the hash of every other member.
import { z } from 'zod';
import { extractRequest, instantText } from './extract-request.ts';

export const EXTRACT_FORMAT = 'ashiato.extract.v1';
export const MANIFEST = 'manifest.json';

const hex32 = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.number().int().min(0);

export const memberFacts = z.strictObject({
  name: z.string(),
  size: count,
  sha256: hex32,
  stored_sha256: hex32.describe('of the packed bytes: nothing in the file is outside a hash'),
});
export type MemberFacts = z.infer<typeof memberFacts>;

export const extractCounts = z.strictObject({
  segments: count.describe('that may hold records of the period'),
  records: count.describe('in those segments'),
  shown: count.describe('records in records.jsonl'),
  matching: count.describe('of them, those that were asked for: the rows of records.csv'),
  unattributed: count.describe(
    'of those shown, how many do not say whose they are; they may belong to anybody',
  ),
  withheld: count.describe('matching or not, not shown on the ground that the request names'),
  hidden: count.describe('records of those segments that are a hash only'),
});
export type ExtractCounts = z.infer<typeof extractCounts>;

export const manifest = z.strictObject({
  format: z.literal(EXTRACT_FORMAT),
  request: extractRequest,
  complete: z
    .enum(['proven', 'stated'])
    .describe('stated: the filter has no index; that hidden records do not match is the maker’s word'),
  complete_until: instantText.describe('every partition is committed up to here at least'),
  checkpoint: z.strictObject({ origin: z.string(), size: count, root: hex32 }),
  policies: z.array(hex32).describe('bundles that judged the records shown'),
  counts: extractCounts,
  members: z.array(memberFacts),
});
export type Manifest = z.infer<typeof manifest>;

export const formatManifest = (value: Manifest): string =>
  `${JSON.stringify(manifest.parse(value), null, 2)}\n`;

/** Undefined for anything that is not spelled as we spell it. Untrusted input. */
export function parseManifest(text: string): Manifest | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined; // no JSON: an outcome, told by the return value
  }
  const parsed = manifest.safeParse(value);
  return parsed.success && formatManifest(parsed.data) === text ? parsed.data : undefined;
}
