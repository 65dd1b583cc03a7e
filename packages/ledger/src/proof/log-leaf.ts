// SPDX-License-Identifier: Apache-2.0
// The entries of the log (DESIGN 6): one for each segment, and one for each policy bundle before the first segment
// that it judged. Commitments only: tiles are there to be published.
import { z } from 'zod';

export const LEAF_FORMAT = 'ashiato.leaf.v1';

const hex32 = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.number().int().min(0);
const instant = z.number().int();

/** What a segment is found by (EVIDENCE 2b), in the order in which its index object lists them. */
export const INDEX_NAMES = ['subject', 'contract', 'actor', 'recipient'] as const;
export type IndexName = (typeof INDEX_NAMES)[number];

/** A sorted Merkle tree: how many entries, and the RFC 6962 root over them. */
export const indexHead = z.strictObject({ entries: count, root: hex32 });
export type IndexHead = z.infer<typeof indexHead>;

export const segmentLeaf = z.strictObject({
  format: z.literal(LEAF_FORMAT),
  kind: z.literal('segment'),
  key: z.string().describe('of the segment object'),
  stream: z.string(),
  partition: count,
  from: count,
  to: count,
  records: count,
  counts: z
    .strictObject({
      conforming: count,
      undetermined: count,
      violation: count,
      unjudged: count,
      unreadable: count,
    })
    .describe('records by verdict; unjudged are events that are not judged, such as beacons'),
  appended: z.strictObject({ first: instant, last: instant }).describe("the broker's clock, ms since 1970"),
  time: z
    .strictObject({ first: instant, last: instant })
    .nullable()
    .describe('the events’ own times, ms since 1970, cut; null when none has one'),
  untimed: count.describe('records without a time of their own: unreadable, or the time was no time'),
  root: hex32.describe('RFC 6962 root over header and records'),
  sha256: hex32.describe('of the uncompressed bytes'),
  stored_sha256: hex32.describe('of the stored object'),
  previous: hex32.nullable().describe('sha256 of the segment before; null in the first'),
  version_id: z.string().nullable().describe('of the stored object; null in a folder'),
  policies: z.array(hex32).describe('bundles that judged in it'),
  actor_salt_sha256: hex32.describe(
    'commits to the salt of the actor index, so that another salt hides nobody',
  ),
  indexes: z.strictObject({
    subject: indexHead,
    contract: indexHead,
    actor: indexHead,
    recipient: indexHead,
  }),
});
export type SegmentLeaf = z.infer<typeof segmentLeaf>;

export const policyLeaf = z.strictObject({
  format: z.literal(LEAF_FORMAT),
  kind: z.literal('policy'),
  sha256: hex32.describe('of the bundle, and its name in policies/'),
});

export const logLeaf = z.discriminatedUnion('kind', [segmentLeaf, policyLeaf]);
export type LogLeaf = z.infer<typeof logLeaf>;

/** The bytes that are logged, as text; they follow from the leaf alone. */
export const formatLeaf = (leaf: LogLeaf): string => JSON.stringify(logLeaf.parse(leaf));

/** Reads an entry of the log; undefined when it is none that this reader knows, or not spelled as we spell it. */
export function parseLeaf(entry: Uint8Array | string): LogLeaf | undefined {
  try {
    const text = typeof entry === 'string' ? entry : new TextDecoder('utf-8', { fatal: true }).decode(entry);
    const parsed = logLeaf.safeParse(JSON.parse(text));
    return parsed.success && JSON.stringify(parsed.data) === text ? parsed.data : undefined;
  } catch {
    return undefined; // no UTF-8 or no JSON: an outcome, told by the return value
  }
}
