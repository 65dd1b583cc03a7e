// SPDX-License-Identifier: Apache-2.0
// Records: a page of them, or one with its event. Every read is itself recorded before it is answered.
import { type RecordView, recordsPage, recordView } from '@ashiato/schema';
import { recordsParams } from '@ashiato/warehouse';
import type { ApiDeps, TrailRead } from '../api-deps.ts';
import { type Cell, csv } from '../csv.ts';
import { recordsParameters } from '../parameters.ts';
import { refuseBackwards } from '../period.ts';
import { ApiError } from '../problems.ts';
import type { Asked, Route } from '../route.ts';
import { storedEvent, storedEventOf } from '../stored-event.ts';
import { recordViewOf } from '../verdict-view.ts';

const NOT_FILTERS = new Set(['format', 'limit', 'cursor']);
const SHARED = ['read_not_recorded', 'query_over_limit', 'warehouse_unavailable'] as const;

export function recordRoutes(deps: ApiDeps): Route[] {
  return [listRecords(deps), readRecord(deps)];
}

function listRecords(deps: ApiDeps): Route {
  return {
    method: 'get',
    path: '/v1/records',
    operationId: 'listRecords',
    summary: 'Records, newest first; the read itself is recorded',
    action: 'records.read',
    parameters: recordsParameters,
    answer: recordsPage,
    mediaTypes: ['text/csv'],
    problems: [...SHARED],
    async handle(asked) {
      const { format, ...rest } = asked.values;
      const params = recordsParams.parse(rest);
      refuseBackwards(params);
      const page = await deps.reports.records(params);
      const items = await Promise.all(page.items.map(record => recordViewOf(record, deps.sentences)));
      const filters = Object.keys(rest).filter(name => !NOT_FILTERS.has(name));
      await noteRead(deps, asked, { operation: 'list_records', filters, ...subjectsOf(items) });
      if (format !== 'csv') return { items, next_cursor: page.next_cursor };
      const { reply } = asked;
      reply
        .type('text/csv; charset=utf-8')
        .header('content-disposition', 'attachment; filename="records.csv"');
      if (page.next_cursor) reply.header('ashiato-next-cursor', page.next_cursor);
      return csv(COLUMNS, items.map(csvRow));
    },
  };
}

function readRecord(deps: ApiDeps): Route {
  return {
    method: 'get',
    path: '/v1/records/{id}',
    operationId: 'readRecord',
    summary: 'One record with its event as committed; the read itself is recorded',
    action: 'records.read',
    parameters: {},
    answer: recordView.extend(storedEvent.shape),
    problems: ['record_not_found', 'segment_unavailable', ...SHARED],
    async handle(asked) {
      const { id } = asked.request.params as { id: string };
      const record = await deps.reports.record(id);
      if (!record)
        throw new ApiError(
          'record_not_found',
          'expected <stream>.<partition>.<offset> of a projected record',
        );
      const spoken = await recordViewOf(record, deps.sentences);
      const view = { ...spoken, ...(await storedEventOf(deps.ledger, record)) };
      await noteRead(deps, asked, { operation: 'read_record', filters: ['id'], ...subjectsOf([view]) });
      return view;
    },
  };
}

type Noted = Pick<TrailRead, 'operation' | 'filters' | 'subjects' | 'records'>;

/** Fails closed: who reads the trail leaves a trace, or reads nothing. */
export async function noteRead(deps: ApiDeps, { request, requester }: Asked, read: Noted): Promise<void> {
  const { id, role } = requester!;
  try {
    await deps.recordRead({ reader: id, role, case: caseOf(request.headers['ashiato-case']), ...read });
  } catch (error) {
    if (error instanceof ApiError) throw error;
    deps.logger.error({ code: (error as { code?: string }).code }, 'a read could not be recorded');
    throw new ApiError('read_not_recorded', 'the read could not be made durable; ask again soon');
  }
}

function caseOf(header: string | string[] | undefined): string | null {
  if (header === undefined) return null;
  if (typeof header === 'string' && /^[A-Za-z0-9][A-Za-z0-9._:/+=#~-]{0,127}$/.test(header)) return header;
  const expected = 'an id of a case, at most 128 characters';
  throw new ApiError('invalid_parameter', `Ashiato-Case: expected ${expected}`, [
    { member: 'Ashiato-Case', code: 'malformed', expected },
  ]);
}

export function subjectsOf(items: RecordView[]): Pick<TrailRead, 'subjects' | 'records'> {
  const subjects = new Set(items.map(({ subject }) => subject).filter(subject => subject !== ''));
  return { subjects: [...subjects], records: items.length };
}

const COLUMNS = Object.keys(recordView.shape);

/** Lists are separated by spaces, references as kind=id; a verdict is its outcome with the codes of its findings. */
function csvRow(record: RecordView): Cell[] {
  const { fields, refs, marks, verdict, ...plain } = record;
  const flat: Record<string, Cell> = {
    ...plain,
    fields: fields.join(' '),
    refs: Object.entries(refs)
      .map(([kind, id]) => `${kind}=${id}`)
      .join(' '),
    marks: marks.join(' '),
    verdict: verdict ? [verdict.outcome, ...verdict.findings.map(({ code }) => code)].join(' ') : '',
  };
  return COLUMNS.map(column => flat[column] ?? null);
}
