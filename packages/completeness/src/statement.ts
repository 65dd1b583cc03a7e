// SPDX-License-Identifier: Apache-2.0
// The completeness statement from what was read of every partition. Pure: extracts hold it as it is.
import type { SourceRegister } from '@ashiato/policy/registers';
import { COMPLETENESS_FORMAT, type CompletenessStatement, formatRecordId } from '@ashiato/schema';
import { createGaps, type TellGap } from './gaps.ts';
import type { Interval, PartitionReading } from './read-partition.ts';
import { type EpochView, epochViews, sourceRows } from './source-rows.ts';
import { systemRows } from './system-rows.ts';

export interface StatementFacts {
  interval: Interval;
  register: SourceRegister;
  /** Every partition of every stream, in any order. */
  readings: readonly PartitionReading[];
  /** Where the log stands, where there is one. */
  log?: CompletenessStatement['log'];
  /** Last offset in ClickHouse by `<stream>.<partition>`; absent: nobody asked it. */
  projected?: ReadonlyMap<string, number>;
}

const iso = (ms: number): string => new Date(ms).toISOString();
const nameOf = ({ stream, partition }: { stream: string; partition: number }) => `${stream}.${partition}`;

export function completenessStatement({
  interval,
  register,
  readings,
  log,
  projected,
}: StatementFacts): CompletenessStatement {
  const gaps = createGaps(interval);
  const sorted = [...readings].sort((a, b) => (order(a) < order(b) ? -1 : 1));
  const partitions = sorted.map(reading => partitionRow(reading, interval, gaps.tell));
  const views = epochViews(sorted, interval);
  const sources = sourceRows(views, sorted, register.keyAt, interval, gaps.tell);
  const systems = systemRows(register, sorted, sources, interval, gaps.tell);
  return {
    format: COMPLETENESS_FORMAT,
    from: iso(interval.from),
    to: iso(interval.to),
    read_until: iso(interval.until),
    register_sha256: register.sha256,
    complete: gaps.list.length === 0,
    partitions,
    sources,
    in_flight: sorted.map(reading => inFlight(reading, views, projected)),
    systems,
    gaps: gaps.list,
    ...(log ? { log } : {}),
  };
}

const order = ({ within }: PartitionReading) =>
  `${within.stream} ${String(within.partition).padStart(5, '0')}`;

function partitionRow(
  reading: PartitionReading,
  { from, to }: Interval,
  tell: TellGap,
): CompletenessStatement['partitions'][number] {
  const { within, next, at, began, broken } = reading;
  const name = nameOf(within);
  if (broken) tell('chain_broken', broken.key, { detail: broken.why });
  if (began !== null && began > from) tell('not_begun', name, { since: from, until: began });
  if (at < to) tell('not_reached', name, { since: at, until: to });
  for (const { from: first, to: last, cause } of within.gaps)
    if (cause !== 'control') tell('lost_offsets', name, { first, last, detail: cause });
  for (const { offset, problem } of within.unreadable)
    tell('unreadable', formatRecordId(within.stream, within.partition, offset), { detail: problem });
  const unnamed = within.unreadable_count - within.unreadable.length;
  if (unnamed > 0) tell('unreadable', name, { detail: `+${unnamed}` });
  const empty = within.first < 0;
  return {
    stream: within.stream,
    partition: within.partition,
    first: empty ? null : within.first,
    last: empty ? null : within.last,
    segments: within.segments,
    records: within.records,
    unreadable: within.unreadable_count,
    gaps: within.gaps,
    committed_to: next - 1,
    committed_at: at === 0 ? null : iso(at),
    rests_on: 'segment_chain',
  };
}

function inFlight(
  { within: { stream, partition }, next }: PartitionReading,
  views: readonly EpochView[],
  projected: StatementFacts['projected'],
): CompletenessStatement['in_flight'][number] {
  const unsealed = views.flatMap(({ live, ...view }) =>
    view.stream === stream &&
    view.partition === partition &&
    live &&
    live.last_seal !== null &&
    live.last >= live.first
      ? [{ source: live.source, epoch: live.epoch, first: live.first, last: live.last }]
      : [],
  );
  return {
    stream,
    partition,
    committed_to: next - 1,
    projected_to: projected ? (projected.get(`${stream}.${partition}`) ?? -1) : null,
    unsealed,
    rests_on: 'segment_chain',
  };
}
