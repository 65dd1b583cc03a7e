// SPDX-License-Identifier: Apache-2.0
// Events as a trail of the first policy's trade holds them: every operation, category of recipients and verdict, as
// often as one would expect in a year of an electricity retailer. Invented, deterministic.
import type { PolicyBundle } from '@ashiato/policy';
import type { Draw, Kind } from './policy-kind.ts';
import { kindsOf } from './policy-kinds.ts';

export interface PolicyMix {
  texts: string[];
  /** Kinds with their share, most frequent first. */
  kinds: { what: string; share: number }[];
}

/** `count` events as texts; equal numbers give equal events. */
export function policyMix(count: number, bundle: PolicyBundle): PolicyMix {
  const random = mulberry(20_260_602);
  const kinds = kindsOf(bundle);
  const total = kinds.reduce((sum, { weight }) => sum + weight, 0);
  const draw = createDraw(random, bundle);
  const made = new Map<string, number>();
  const texts = Array.from({ length: count }, (_, n) => {
    const kind = chosen(kinds, random() * total);
    made.set(kind.what, (made.get(kind.what) ?? 0) + 1);
    return eventText(n, kind.make(draw), draw);
  });
  const shares = [...made].map(([what, events]) => ({ what, share: events / count }));
  return { texts, kinds: shares.sort((a, b) => b.share - a.share) };
}

function chosen(kinds: readonly Kind[], at: number): Kind {
  let left = at;
  for (const kind of kinds) {
    if (left < kind.weight) return kind;
    left -= kind.weight;
  }
  return kinds.at(-1)!;
}

function createDraw(random: () => number, { policy }: PolicyBundle): Draw {
  const below = (n: number) => Math.floor(random() * n);
  const anyOf = (ids: readonly string[], most: number) => {
    const left = [...ids];
    return Array.from(
      { length: Math.min(1 + below(most), ids.length) },
      () => left.splice(below(left.length), 1)[0]!,
    );
  };
  const screens = new Map<string, string[][]>();
  return {
    below,
    pick: list => list[below(list.length)]!,
    fields(...groups) {
      const ids = policy.fields.map(({ id }) => id).filter(id => groups.some(group => id.startsWith(group)));
      if (below(5) === 0) return anyOf(ids, 8);
      const key = groups.join();
      const known = screens.get(key) ?? Array.from({ length: 8 }, () => anyOf(ids, 6));
      screens.set(key, known);
      return known[below(known.length)]!;
    },
  };
}

function eventText(n: number, { time, ...data }: Record<string, unknown>, draw: Draw): string {
  const source = `/desk/${n % 48}`;
  const at = new Date(Date.UTC(2026, 3, 1) + draw.below(180 * 86_400_000)).toISOString();
  const customer = `K-${1000 + draw.below(60_000)}`;
  return JSON.stringify({
    specversion: '1.0',
    id: `01981f2a-7c00-7${String(n).padStart(3, '0').slice(-3)}-8a2b-${String(n).padStart(12, '0')}`,
    source,
    type: 'io.ashiato.access.v1',
    time: time ?? at,
    datacontenttype: 'application/json',
    sequence: String(n + 1),
    sourceepoch: '1',
    partitionkey: `${source}#1`,
    data: {
      actor: {
        id: `E-${draw.below(400)}`,
        type: 'user',
        org: 'own',
        role: draw.pick(['desk', 'billing', 'grid']),
        session: `S${draw.below(5000)}`,
      },
      subject: { ref: customer },
      ...data,
      outcome: 'success',
    },
  });
}

/** Mulberry32: 32 bits of state are plenty for a mix. */
function mulberry(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let hash = Math.imul(state ^ (state >>> 15), 1 | state);
    hash = (hash + Math.imul(hash ^ (hash >>> 7), 61 | hash)) ^ hash;
    return ((hash ^ (hash >>> 14)) >>> 0) / 4_294_967_296;
  };
}
