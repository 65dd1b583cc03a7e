// SPDX-License-Identifier: Apache-2.0
// Every stored column of `records` and how its value follows from a committed line. Values of malformed members
// are commitments ("sha256:…") and go in as they stand; what fits no column becomes empty or 0.
import { ACCESS_TYPE } from '@ashiato/schema';
import { timeMicros } from './event-time.ts';
import type { Column, ListColumn, NumberColumn, TextColumn } from './native-block.ts';
import { memberObject, type TrailRow } from './rows-from-segment.ts';

type Value<T> = (row: TrailRow) => T;
type Only = (row: TrailRow) => boolean;
const MAX_UINT32 = 2 ** 32 - 1;
const NONE: readonly string[] = [];

const string = (name: string, value: Value<unknown>, only?: Only): TextColumn<TrailRow> => ({
  name,
  only,
  type: 'String',
  value: row => text(value(row)),
});
/** For values that repeat within a segment. */
const word = (name: string, value: Value<unknown>, only?: Only): TextColumn<TrailRow> => ({
  name,
  only,
  type: 'LowCardinality(String)',
  value: row => text(value(row)),
});
const uint32 = (name: string, value: Value<unknown>, only?: Only): NumberColumn<TrailRow> => ({
  name,
  only,
  type: 'UInt32',
  value: row => count(value(row)),
});
const flag = (name: string, value: Value<boolean>, only?: Only): NumberColumn<TrailRow> => ({
  name,
  only,
  type: 'UInt8',
  value: row => (value(row) ? 1 : 0),
});
const uint64 = (name: string, value: Value<number>, only?: Only): NumberColumn<TrailRow> => ({
  name,
  only,
  type: 'UInt64',
  value,
});
const strings = (name: string, value: Value<readonly string[]>, only?: Only): ListColumn<TrailRow> => ({
  name,
  only,
  type: 'Array(String)',
  value,
});
const words = (name: string, value: Value<readonly string[]>, only?: Only): ListColumn<TrailRow> => ({
  name,
  only,
  type: 'Array(LowCardinality(String))',
  value,
});

/** Members of `data` that most events do not have: their columns are then not looked at. */
const has =
  (member: string): Only =>
  row =>
    row.data[member] !== undefined;
const HAS = {
  on_behalf_of: has('on_behalf_of'),
  population: has('population'),
  part: has('part'),
  recipient: has('recipient'),
  provider: has('provider'),
  acquisition: has('acquisition'),
  provision: has('provision'),
  refs: has('refs'),
  lookup: has('lookup'),
  result: has('result'),
  break_glass: has('break_glass'),
  site: has('site'),
};
const HAS_DELIVERY: Only = row => row.judgement.delivery?.missing !== undefined;
const HAS_MARKS: Only = row => row.judgement.marks.length > 0;
const HAS_ENCRYPTED: Only = row => row.judgement.encrypted.length > 0;
/** Access events have columns of their own. */
const HAS_BODY: Only = row => !isAccess(row) && row.event.data !== undefined;

/** In the order of the table. */
export const RECORD_COLUMNS: readonly Column<TrailRow>[] = [
  word('stream', r => r.header.stream),
  { name: 'partition', type: 'UInt32', value: r => r.header.partition },
  uint64('offset', r => r.offset),
  { name: 'appended_at', type: "DateTime64(3, 'UTC')", value: r => r.appended_at },
  { name: 'time', type: "DateTime64(6, 'UTC')", value: eventTime },
  word('type', r => r.event.type),
  string('event_id', r => r.event.id),
  { name: 'event_digest', type: 'FixedString(16)', value: r => r.digest },
  word('source', r => r.event.source),
  word('source_epoch', r => r.event.sourceepoch),
  flag('sequenced', r => sequence(r) !== undefined),
  uint64('sequence', r => sequence(r) ?? 0),
  string('actor', r => (typeof r.data.actor === 'string' ? r.data.actor : actor(r).id)),
  word('actor_type', r => actor(r).type),
  word('org', r => actor(r).org ?? r.data.org),
  word('role', r => actor(r).role ?? r.data.role),
  string('session', r => actor(r).session),
  strings('on_behalf_of', onBehalfOf, HAS.on_behalf_of),
  string('subject', r =>
    typeof r.data.subject === 'string' ? r.data.subject : memberObject(r.data.subject).ref,
  ),
  uint32('population', r => memberObject(r.data.population).count, HAS.population),
  string('operation_id', r => memberObject(r.data.part).operation_id, HAS.part),
  uint32('part', r => memberObject(r.data.part).index, HAS.part),
  uint32('part_of', r => memberObject(r.data.part).of, HAS.part),
  word('operation', r => r.data.operation),
  word('form', r => (isAccess(r) ? (r.data.form ?? 'identified') : '')),
  words('fields', r => list(r.data.fields)),
  word('purpose', r => r.data.purpose),
  word('parent_purpose', r => r.data.parent_purpose),
  word('business', r => r.data.business),
  word('parent_business', r => r.data.parent_business),
  word('channel', r => r.data.channel),
  word('recipient', r => memberObject(r.data.recipient).category, HAS.recipient),
  word('recipient_id', r => memberObject(r.data.recipient).id, HAS.recipient),
  word('recipient_area', r => memberObject(r.data.recipient).area, HAS.recipient),
  word('recipient_country', r => memberObject(r.data.recipient).country, HAS.recipient),
  word('provider', r => memberObject(r.data.provider).category, HAS.provider),
  word('provider_id', r => memberObject(r.data.provider).id, HAS.provider),
  word('acquisition_method', r => memberObject(r.data.acquisition).method, HAS.acquisition),
  word('provision_basis', r => memberObject(r.data.provision).basis, HAS.provision),
  words('reference_kinds', r => references(r, true), HAS.refs),
  strings('reference_ids', r => references(r, false), HAS.refs),
  word('lookup_by', r => memberObject(r.data.lookup).by, HAS.lookup),
  flag('lookup_adjacent', r => memberObject(r.data.lookup).adjacent === true, HAS.lookup),
  uint32('result_count', r => memberObject(r.data.result).count, HAS.result),
  word('outcome', r => (isAccess(r) ? (r.data.outcome ?? 'success') : '')),
  word('break_glass', r => memberObject(r.data.break_glass).code, HAS.break_glass),
  string('break_glass_approver', r => memberObject(r.data.break_glass).approver, HAS.break_glass),
  word('site', r => (typeof r.data.site === 'string' ? r.data.site : memberObject(r.data.site).id), HAS.site),
  string('terminal', r => memberObject(r.data.site).terminal, HAS.site),
  string('site_ip', r => memberObject(r.data.site).ip, HAS.site),
  word('verdict', r => r.judgement.verdict?.outcome),
  word('literal', r => r.judgement.verdict?.literal),
  word('strict', r => r.judgement.verdict?.strict),
  word('policy_id', r => r.judgement.verdict?.policy?.id),
  word('policy_version', r => r.judgement.verdict?.policy?.version),
  word('policy_sha256', r => r.judgement.verdict?.policy?.sha256),
  word('policy_source_sha256', r => r.judgement.policy_source_sha256),
  words('clauses', r => r.judgement.clauses),
  words('finding_codes', r => r.judgement.finding_codes),
  word('findings', r => r.judgement.findings),
  word('delivery', r => r.judgement.delivery?.kind ?? 'new'),
  flag('counted', r => isAccess(r) && r.judgement.delivery?.kind !== 'redelivery'),
  uint64('missing_from', r => r.judgement.delivery?.missing?.from ?? 0, HAS_DELIVERY),
  uint64('missing_count', r => missingCount(r.judgement.delivery?.missing), HAS_DELIVERY),
  words('marks', r => r.judgement.marks, HAS_MARKS),
  words('encrypted_members', r => r.judgement.encrypted.map(({ member }) => member), HAS_ENCRYPTED),
  word(
    'unreadable',
    r => r.unreadable,
    r => r.unreadable !== '',
  ),
  string('body', r => (HAS_BODY(r) ? JSON.stringify(r.event.data) : ''), HAS_BODY),
  uint64('segment_from', r => r.header.from),
];

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

function count(value: unknown): number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= MAX_UINT32
    ? (value as number)
    : 0;
}

const isText = (value: unknown): value is string => typeof value === 'string';

function list(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (!Array.isArray(value)) return NONE;
  return value.every(isText) ? value : value.filter(isText);
}

const isAccess = (row: TrailRow): boolean => row.event.type === ACCESS_TYPE;

/** Control events name the one who acts as `by`. */
const actor = (row: TrailRow): Record<string, unknown> => memberObject(row.data.actor ?? row.data.by);

function eventTime(row: TrailRow): number {
  const { time } = row.event;
  return (typeof time === 'string' ? timeMicros(time) : undefined) ?? row.appended_at * 1000;
}

const DECIMAL = /^(?:0|[1-9]\d{0,14})$/;

function sequence(row: TrailRow): number | undefined {
  const value = row.event.sequence;
  return typeof value === 'string' && DECIMAL.test(value) ? Number(value) : undefined;
}

function onBehalfOf(row: TrailRow): readonly string[] {
  const chain = row.data.on_behalf_of;
  if (!Array.isArray(chain)) return list(chain);
  return chain.map(one => text(typeof one === 'string' ? one : memberObject(one).id)).filter(id => id !== '');
}

/** Kinds or ids, in the same order. */
function references(row: TrailRow, kinds: boolean): readonly string[] {
  const refs = memberObject(row.data.refs);
  const found: string[] = [];
  for (const kind of Object.keys(refs)) {
    const id = refs[kind];
    if (typeof id === 'string') found.push(kinds ? kind : id);
  }
  return found;
}

const missingCount = (missing: { from: number; to: number } | undefined): number =>
  missing ? missing.to - missing.from + 1 : 0;
