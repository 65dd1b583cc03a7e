// SPDX-License-Identifier: Apache-2.0
// How an extract comes to its records, and so what shows that none was left out.
import { INDEX_NAMES, type IndexName, type SegmentLeaf, UNKNOWN_KEY } from '@ashiato/ledger/proof';
import { fromHex, sha256, toHex } from '@ashiato/tlog';
import type { ExtractFilter, ExtractRequest, Kind } from './extract-request.ts';

export type Selection =
  /** By an index: every record of these keys is shown, and those of which the key cannot be told. */
  | { by: 'index'; index: IndexName; keys: string[] }
  /** By all of an index: every record that names such a thing, whichever. */
  | { by: 'whole_index'; index: IndexName }
  /** Every record of the segments is shown. */
  | { by: 'segment' }
  /** Matching records are shown, the rest are hashes: that they do not match is the maker's word. */
  | { by: 'word' };

/** Kinds about what was given to others: each record that names a recipient belongs to them. */
const ABOUT_RECIPIENTS: readonly Kind[] = ['provision', 'supervision', 'joint-use'];

export function selectionOf({ filter, kind }: Pick<ExtractRequest, 'filter' | 'kind'>): Selection {
  for (const index of INDEX_NAMES) {
    const keys = filter[index];
    if (keys) return { by: 'index', index, keys: [...new Set([...keys, UNKNOWN_KEY])].sort() };
  }
  if (ABOUT_RECIPIENTS.includes(kind)) return { by: 'whole_index', index: 'recipient' };
  return Object.keys(filter).length === 0 ? { by: 'segment' } : { by: 'word' };
}

/** Under which key of the segment's index a filter's value stands. */
export function indexKeyOf(index: IndexName, value: string, actorSalt: string | null): string {
  if (index !== 'actor' || value === UNKNOWN_KEY) return value;
  const salt = fromHex(actorSalt ?? '') ?? new Uint8Array(0);
  const id = new TextEncoder().encode(value);
  const bytes = new Uint8Array(salt.length + id.length);
  bytes.set(salt);
  bytes.set(id, salt.length);
  return toHex(sha256(bytes));
}

/** Whether a segment may hold a record of the period, by its log entry: then the extract shows what it holds. */
export function isOfPeriod(leaf: SegmentLeaf, { stream, from, to }: ExtractRequest): boolean {
  if (leaf.stream !== stream) return false;
  const [start, end] = [Date.parse(from), Date.parse(to)];
  const meets = (range: { first: number; last: number }) => range.first < end && range.last >= start;
  return (leaf.time !== null && meets(leaf.time)) || (leaf.untimed > 0 && meets(leaf.appended));
}

/** What a record says, as far as filters ask. */
export interface Facts {
  /** Milliseconds since 1970: the event's own time, else the broker's. */
  at: number;
  data: Record<string, unknown> | null;
  /** Null where staff are hidden, or the record names none. */
  actor: string | null;
  verdict: string | null;
  clauses: readonly string[];
}

/** Whether a record is one of those that were asked for. */
export function matches(
  facts: Facts,
  { kind, filter, from, to }: ExtractRequest,
  isByIndex: boolean,
): boolean {
  if (facts.at < Date.parse(from) || facts.at >= Date.parse(to)) return false;
  if (ABOUT_RECIPIENTS.includes(kind) && valuesOf('recipient', facts).length === 0) return false;
  if (facts.data === null) return Object.keys(filter).length === 0;
  return (Object.keys(filter) as (keyof ExtractFilter)[]).every(name => {
    // A hidden actor was found by the index; nothing else could say so.
    if (name === 'actor' && facts.actor === null) return isByIndex;
    return valuesOf(name, facts).some(value => (filter[name] as string[]).includes(value));
  });
}

function valuesOf(name: keyof ExtractFilter, { data, actor, verdict, clauses }: Facts): string[] {
  const text = (...path: string[]) => {
    const value = path.reduce<unknown>((at, step) => (at as Record<string, unknown> | null)?.[step], data);
    return typeof value === 'string' ? [value] : [];
  };
  switch (name) {
    case 'subject':
      return text('subject', 'ref');
    case 'contract':
      return text('refs', 'contract');
    case 'actor':
      return actor === null ? [] : [actor];
    case 'recipient': {
      const [category, id] = [text('recipient', 'category'), text('recipient', 'id')];
      return [...category, ...id.map(one => (category[0] === undefined ? one : `${category[0]}/${one}`))];
    }
    case 'field':
      return Array.isArray(data?.fields) ? data.fields.filter(field => typeof field === 'string') : [];
    case 'verdict':
      return verdict === null ? [] : [verdict];
    case 'clause':
      return [...clauses];
    case 'outcome':
      return text('outcome').length > 0 ? text('outcome') : ['success'];
    default:
      return text(name);
  }
}
