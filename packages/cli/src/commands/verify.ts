// SPDX-License-Identifier: Apache-2.0
// `ashiato verify`: the whole trail, from stored bytes: segments, chain, roots, policies, versions, projection.
import { Command } from 'commander';
import { CommandEnd } from '../exit.ts';
import { print, printJson, progress, table } from '../output.ts';
import { openEngines, type Where, withWhere } from '../trail-address.ts';
import { type Fault, type PartitionReport, verifyTrail } from '../verify-trail.ts';

export const verifyCommand = (): Command =>
  withWhere(
    new Command('verify').description(
      'Check the whole trail: every segment, its chain and root, and that ClickHouse holds the same.',
    ),
  )
    .option('--no-projection', 'leave ClickHouse out')
    .option('--json', 'print the result as JSON')
    .action(verify);

async function verify(options: Where & { projection: boolean; json?: boolean }): Promise<void> {
  const engines = await openEngines(options);
  const bar = progress('verified records');
  try {
    const result = await verifyTrail(engines, {
      projection: options.projection,
      onProgress: (records, place) => bar.at(records, null, place),
    });
    bar.done();
    if (options.json) printJson(result);
    else print(text(result.partitions, result.faults));
    if (result.faults.length > 0)
      throw new CommandEnd(1, `${result.faults.length} faults found; the first: ${line(result.faults[0]!)}`);
  } finally {
    await engines.close();
  }
}

const line = ({ kind, place, fault }: Fault): string => `${kind} ${place}: ${fault}`;

function text(partitions: PartitionReport[], faults: Fault[]): string {
  const columns = [
    'stream',
    'partition',
    'segments',
    'records',
    'offsets',
    'gaps',
    'projected to',
    'last root',
  ];
  const rows = partitions.map(p => [
    p.stream,
    p.partition,
    p.segments,
    p.records,
    `0-${p.to}`,
    p.gaps,
    p.projected_to ?? '-',
    p.last_root.slice(0, 16),
  ]);
  const records = partitions.reduce((sum, p) => sum + p.records, 0);
  const verdict =
    faults.length === 0
      ? `ok: ${records} records in ${partitions.length} partitions`
      : faults.map(line).join('\n');
  return `${table(columns, rows)}\n\n${verdict}`;
}
