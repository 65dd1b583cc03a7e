// SPDX-License-Identifier: Apache-2.0
// Collects gaps, each in words, and only those that may be about the interval.
import type { CompletenessGap, GapCode } from '@ashiato/schema';
import { describeGap, type GapFacts } from './describe-gap.ts';

export interface Period {
  /** ms since 1970, half-open. */
  from: number;
  to: number;
}

/** False, and nothing told, when it is about another time. */
export type TellGap = (
  code: GapCode,
  place: string,
  facts?: GapFacts & {
    /** ms since 1970; absent: the whole interval. */
    since?: number;
    until?: number;
    /** Words of its own per language. */
    said?: { ja: string; en: string };
  },
) => boolean;

export function createGaps({ from, to }: Period): { list: CompletenessGap[]; tell: TellGap } {
  const list: CompletenessGap[] = [];
  return {
    list,
    tell(code, place, { since, until, said, ...facts } = {}) {
      if (since !== undefined && until !== undefined && (since >= to || until < from)) return false;
      const words = said
        ? {
            ja: describeGap(code, { ...facts, detail: said.ja }).ja,
            en: describeGap(code, { ...facts, detail: said.en }).en,
          }
        : describeGap(code, facts);
      const at = (time: number | undefined) => (time === undefined ? null : new Date(time).toISOString());
      list.push({ code, place, since: at(since), until: at(until), ...words });
      return true;
    },
  };
}
