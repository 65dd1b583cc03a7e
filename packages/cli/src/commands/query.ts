// SPDX-License-Identifier: Apache-2.0
// `ashiato query usage|records|completeness`: the reports of the api as a table, JSON or CSV.
import type { RecordView, UsageReport } from '@ashiato/schema';
import { Command } from 'commander';
import { askReport, withFormat } from '../ask-report.ts';
import { type Format, formatOf, print, printJson, table } from '../output.ts';
import type { Where } from '../trail-address.ts';
import { completenessCommand } from './query-completeness.ts';

const FILTERS = [
  'event_id',
  'source',
  'from',
  'to',
  'actor',
  'org',
  'role',
  'subject',
  'field',
  'purpose',
  'business',
  'recipient',
  'operation',
  'verdict',
  'clause',
  'reference',
  'outcome',
] as const;

type Options = Where & { format?: string; json?: boolean } & Record<string, string | undefined>;

export function queryCommand(): Command {
  const usage = withFilters(
    new Command('usage').description('Accesses counted by purpose and field, or other dimensions.'),
  )
    .option(
      '--by <list>',
      'dimensions, comma separated: purpose, field, business, recipient, source, operation, org, role, verdict, day',
      'purpose,field',
    )
    .option('--mode <mode>', 'count verdicts of mode literal or strict')
    .option('--tz <zone>', 'time zone of days (default Asia/Tokyo)')
    .action((options: Options) => query('usage', ['by', 'mode', 'tz'], options, usageTable));
  const records = withFilters(
    new Command('records').description('Records, newest first, each with its verdict and clauses.'),
  )
    .option('--limit <n>', 'how many', '20')
    .option('--cursor <cursor>', 'go on where an earlier page ended')
    .action((options: Options) => query('records', ['limit', 'cursor'], options, recordsTable));
  return new Command('query')
    .description('Ask the trail.')
    .addCommand(usage)
    .addCommand(records)
    .addCommand(completenessCommand());
}

function withFilters(command: Command): Command {
  withFormat(command);
  for (const filter of FILTERS)
    command.option(`--${filter.replace('_', '-')} <value>`, `only where ${filter} is the value`);
  return command;
}

async function query(
  report: string,
  own: string[],
  options: Options,
  asTable: (body: never) => string,
): Promise<void> {
  const format: Format = formatOf(options);
  const filters = [...FILTERS, ...own].map((name): [string, string | undefined] => [
    name,
    options[name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase())],
  ]);
  const response = await askReport(options, report, format, filters);
  if (format === 'csv') print(await response.text());
  else if (format === 'json') printJson(await response.json());
  else print(asTable((await response.json()) as never));
}

function usageTable({ items, mode, frontier }: UsageReport): string {
  const columns = Object.keys(items[0] ?? { count: 0, violations: 0, undetermined: 0 });
  const rows = items.map(item => columns.map(name => (item as Record<string, string | number>)[name] ?? ''));
  const upTo = frontier.map(({ appended_at }) => appended_at).sort()[0] ?? 'nothing yet';
  return `${table(columns, rows)}\n\nmode ${mode}; projected up to ${upTo}`;
}

function recordsTable({ items, next_cursor }: { items: RecordView[]; next_cursor: string | null }): string {
  const columns = ['id', 'time', 'actor', 'subject', 'operation', 'purpose', 'fields', 'verdict', 'clauses'];
  const rows = items.map(item => [
    item.id,
    item.time,
    item.actor,
    item.subject || (item.population ? `${item.population} persons` : ''),
    item.operation,
    item.purpose,
    item.fields.join(' '),
    item.unreadable
      ? `unreadable: ${item.unreadable}`
      : `${item.verdict?.outcome ?? '-'}${item.counted ? '' : ` (${item.delivery})`}`,
    [...new Set(item.verdict?.findings.flatMap(({ clauses }) => clauses))].join(' '),
  ]);
  return table(columns, rows) + (next_cursor ? `\n\nmore: --cursor ${next_cursor}` : '');
}
