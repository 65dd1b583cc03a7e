// SPDX-License-Identifier: Apache-2.0
// What the page needs of `GET /v1/policies/{id}/{version}`: ids in the policy's order, with their names.
import type { Language } from './texts/languages.ts';

interface Named {
  id: string;
  ja?: string;
  en?: string;
}

/** First and last line of the source text that a clause rests on. */
export type SourceLines = readonly number[];

export interface PolicyVocabulary {
  id: string;
  version: string;
  fields: (Named & { group: string })[];
  groups?: Named[];
  purposes: (Named & { clause: string })[];
  businesses: Named[];
  recipients: Named[];
  clauses: (Named & { lines?: SourceLines })[];
}

/** One row of `GET /v1/policies`. */
export interface PolicyListing {
  id: string;
  version: string;
  effective_from: string | null;
  effective_to: string | null;
}

/**
 * The version whose names the page shows: in force at `now`, else the one that was in force last.
 * Ids that only another version knows are shown as ids.
 */
export function choosePolicy(listings: readonly PolicyListing[], now: number): PolicyListing | undefined {
  const begun = listings.filter(listing => startOf(listing) <= now).sort((a, b) => startOf(b) - startOf(a));
  return begun.find(listing => now < endOf(listing)) ?? begun[0] ?? listings[0];
}

function startOf(listing: PolicyListing): number {
  return listing.effective_from === null ? Number.NEGATIVE_INFINITY : Date.parse(listing.effective_from);
}

function endOf(listing: PolicyListing): number {
  return listing.effective_to === null ? Number.POSITIVE_INFINITY : Date.parse(listing.effective_to);
}

/** Names for ids; every function answers with the id itself where the policy has no name. */
export interface Names {
  purpose(id: string): string;
  field(id: string): string;
  group(id: string): string;
  business(id: string): string;
  recipient(id: string): string;
  clause(id: string): string;
  clauseLines(id: string): string;
}

export function createNames(policy: PolicyVocabulary | undefined, language: Language): Names {
  const named = (list: readonly Named[] | undefined) => {
    const byId = new Map(list?.map(entry => [entry.id, entry[language]]));
    return (id: string) => byId.get(id) || id;
  };
  const lines = new Map(policy?.clauses.map(clause => [clause.id, formatLines(clause.lines)]));
  return {
    purpose: named(policy?.purposes),
    field: named(policy?.fields),
    group: named(policy?.groups),
    business: named(policy?.businesses),
    recipient: named(policy?.recipients),
    clause: named(policy?.clauses),
    clauseLines: id => lines.get(id) ?? '',
  };
}

function formatLines(lines: SourceLines | undefined): string {
  const [first, last = first] = lines ?? [];
  if (first === undefined) return '';
  return first === last ? String(first) : `${first}–${last}`;
}
