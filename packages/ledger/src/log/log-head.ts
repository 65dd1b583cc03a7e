// SPDX-License-Identifier: Apache-2.0
// Where the log stands: its tree head, and which segments and policies it holds. It follows from the entries alone.
import { emptyRoot, toHex } from '@ashiato/tlog';
import { z } from 'zod';
import { LedgerError } from '../errors.ts';
import { type LogLeaf, parseLeaf } from '../proof/index.ts';
import { segmentKey } from '../segment.ts';

export const HEAD_FORMAT = 'ashiato.head.v1';

const hex32 = z.string().regex(/^[0-9a-f]{64}$/);
const size = z.number().int().min(0);

export const logHead = z.strictObject({
  format: z.literal(HEAD_FORMAT),
  size: size.describe('entries'),
  root: hex32.describe('RFC 6962 root over them'),
  before: size.describe('size of the head that this one follows'),
  places: z
    .record(
      z.string(),
      z.strictObject({ next: size, sha256: hex32.describe('of the last segment, uncompressed') }),
    )
    .describe('by <stream>.<partition>: where the next segment to be logged begins'),
  policies: z.array(hex32).describe('bundles that have an entry'),
});
export type LogHead = z.infer<typeof logHead>;

export const emptyHead = (): LogHead => ({
  format: HEAD_FORMAT,
  size: 0,
  root: toHex(emptyRoot()),
  before: 0,
  places: {},
  policies: [],
});

export const placeName = (stream: string, partition: number): string => `${stream}.${partition}`;

/**
 * What the log holds once `entries` follow `head`; size and root are the tree's matter.
 * @throws LedgerError LOG for an entry that is none, repeats another, leaves a hole or does not follow in its chain
 */
export function afterEntries(
  head: LogHead,
  entries: readonly string[],
): Pick<LogHead, 'places' | 'policies'> & { leaves: LogLeaf[] } {
  const places = { ...head.places };
  const policies = new Set(head.policies);
  const leaves = entries.map((entry, i) => {
    const refuse = (problem: string) =>
      new LedgerError('LOG', `entry ${head.size + i} of the log: ${problem}`);
    const leaf = parseLeaf(entry);
    if (!leaf) throw refuse('no entry that this reader knows');
    if (leaf.kind === 'policy') {
      if (policies.has(leaf.sha256)) throw refuse(`policy ${leaf.sha256} is in the log already`);
      policies.add(leaf.sha256);
      return leaf;
    }
    if (leaf.key !== segmentKey(leaf.stream, leaf.partition, leaf.from))
      throw refuse(`${leaf.key} is not the key of ${leaf.stream}.${leaf.partition} from ${leaf.from} on`);
    const name = placeName(leaf.stream, leaf.partition);
    const before = places[name] ?? { next: 0, sha256: null };
    if (leaf.from !== before.next)
      throw refuse(`${leaf.key} begins at ${leaf.from}, expected ${before.next}`);
    if (leaf.to < leaf.from) throw refuse(`${leaf.key} ends at ${leaf.to}, before it begins`);
    if (leaf.previous !== before.sha256)
      throw refuse(`${leaf.key} follows ${leaf.previous}, expected ${before.sha256}`);
    places[name] = { next: leaf.to + 1, sha256: leaf.sha256 };
    return leaf;
  });
  return { places, policies: [...policies], leaves };
}
