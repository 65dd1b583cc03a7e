// SPDX-License-Identifier: Apache-2.0
// `ashiato query completeness`: what an interval holds, on which proof, and every gap.
import type { CompletenessStatement } from '@ashiato/schema';
import { Command } from 'commander';
import { askReport, withFormat } from '../ask-report.ts';
import { CommandEnd } from '../exit.ts';
import { formatOf, print, printJson, table } from '../output.ts';
import type { Where } from '../trail-address.ts';

type Options = Where & { format?: string; json?: boolean; from?: string; to?: string };

export const completenessCommand = (): Command =>
  withFormat(
    new Command('completeness').description(
      'What an interval holds, on which proof, and every gap; exit code 1 when there is one. CSV holds the gaps.',
    ),
  )
    .option('--from <time>', "the broker's clock, inclusive (default: 24 hours before --to)")
    .option('--to <time>', 'exclusive (default: the last full hour)')
    .action(completeness);

async function completeness(options: Options): Promise<void> {
  const format = formatOf(options);
  const { from, to } = options;
  const response = await askReport(options, 'completeness', format, Object.entries({ from, to }));
  let gaps: number;
  if (format === 'csv') {
    const text = await response.text();
    print(text);
    gaps = text.trimEnd().split('\r\n').length - 1; // no cell of it holds a line break
  } else {
    const statement = (await response.json()) as CompletenessStatement;
    if (format === 'json') printJson(statement);
    else print(statementText(statement));
    gaps = statement.gaps.length;
  }
  if (gaps > 0)
    throw new CommandEnd(1, `${gaps} gaps: completeness cannot be claimed for the whole interval`);
}

/** For people at a terminal: partitions, sources, systems, and last what stands against completeness. */
export function statementText(statement: CompletenessStatement): string {
  const { from, to, partitions, sources, systems, in_flight, gaps } = statement;
  const projected = new Map(in_flight.map(row => [`${row.stream}.${row.partition}`, row.projected_to]));
  const parts = [
    `from ${from} to ${to}`,
    table(
      [
        'stream',
        'partition',
        'offsets',
        'segments',
        'records',
        'unreadable',
        'committed at',
        'projected to',
        'rests on',
      ],
      partitions.map(row => [
        row.stream,
        row.partition,
        row.first === null ? '-' : `${row.first}-${row.last}`,
        row.segments,
        row.records,
        row.unreadable,
        row.committed_at ?? '-',
        projected.get(`${row.stream}.${row.partition}`) ?? '-',
        row.rests_on,
      ]),
    ),
    table(
      ['source', 'epoch', 'state', 'records', 'numbers', 'sealed to', 'last seal', 'gaps', 'rests on'],
      sources.map(row => [
        row.source,
        row.epoch ?? '-',
        row.stopped ? `${row.state}, stopped` : row.state,
        row.records,
        row.first === null ? '-' : `${row.first}-${row.last}`,
        row.sealed_to,
        row.last_seal ?? '-',
        row.faults,
        row.rests_on,
      ]),
    ),
    table(
      ['system', 'state', 'records', 'counts that agree', 'rests on'],
      systems.map(({ id, state, records, counts, rests_on }) => [
        id,
        state,
        records,
        counts.length === 0 ? '-' : `${counts.filter(({ equal }) => equal).length} of ${counts.length}`,
        rests_on,
      ]),
    ),
    gaps.length === 0
      ? 'complete: recorded accesses of covered systems, in this interval'
      : gaps.map(({ code, place, en }) => `${code} ${place}: ${en}`).join('\n'),
  ];
  return parts.join('\n\n');
}
