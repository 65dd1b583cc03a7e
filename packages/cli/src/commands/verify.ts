// SPDX-License-Identifier: Apache-2.0
// `ashiato verify`: the whole trail, from stored bytes: segments, chain, roots, indexes, log, policies, versions, projection.
import { Malformed } from '@ashiato/tlog';
import { parseVkey } from '@ashiato/tlog/note';
import { Command } from 'commander';
import { CommandEnd, cannotRun } from '../exit.ts';
import { print, printJson, progress, table } from '../output.ts';
import { openEngines, type Where, withWhere } from '../trail-address.ts';
import type { Fault } from '../verify/fault.ts';
import type { LogReport } from '../verify/verify-log.ts';
import { type TrailReport, verifyTrail } from '../verify/verify-trail.ts';

export const verifyCommand = (): Command =>
  withWhere(
    new Command('verify').description(
      'Check the whole trail: every segment, its chain and root, the log, and that ClickHouse holds the same.',
    ),
  )
    .option('--no-projection', 'leave ClickHouse out')
    .option(
      '--log-key <vkey>',
      'the log’s public key as you have it from elsewhere; without it the trail’s own is taken',
    )
    .option('--json', 'print the result as JSON')
    .action(verify);

async function verify(
  options: Where & { projection: boolean; logKey?: string; json?: boolean },
): Promise<void> {
  const engines = await openEngines(options);
  const bar = progress('verified records');
  try {
    const result = await verifyTrail(engines, {
      projection: options.projection,
      ...(options.logKey === undefined ? {} : { logKey: logKeyOf(options.logKey) }),
      onProgress: (records, place) => bar.at(records, null, place),
    });
    bar.done();
    if (options.json) printJson(result);
    else print(text(result));
    if (result.faults.length > 0)
      throw new CommandEnd(1, `${result.faults.length} faults found; the first: ${line(result.faults[0]!)}`);
  } finally {
    await engines.close();
  }
}

const line = ({ kind, place, fault }: Fault): string => `${kind} ${place}: ${fault}`;

function text({ partitions, log, faults }: TrailReport): string {
  const columns = [
    'stream',
    'partition',
    'segments',
    'records',
    'offsets',
    'gaps',
    'projected to',
    'logged to',
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
    p.logged_to ?? '-',
    p.last_root.slice(0, 16),
  ]);
  const records = partitions.reduce((sum, p) => sum + p.records, 0);
  const verdict =
    faults.length === 0
      ? `ok: ${records} records in ${partitions.length} partitions`
      : faults.map(line).join('\n');
  return `${table(columns, rows)}\n\n${logLine(log)}\n${verdict}`;
}

function logKeyOf(text: string): string {
  const key = parseVkey(text);
  if (key instanceof Malformed) throw cannotRun(`--log-key: ${key.message}`);
  return text;
}

function logLine({ size, checkpoint, checkpoints, stamps, unlogged, key, pinned }: LogReport): string {
  if (key === null) return 'log: none yet';
  const whose = pinned ? 'the key you gave' : `${key}, the trail's own word: give --log-key to pin it`;
  const later = unlogged === 0 ? '' : `; ${unlogged} segments have no entry yet`;
  return `log: ${size} entries, ${checkpoint ?? 0} under the newest of ${checkpoints} checkpoints by ${whose}, ${stamps} time stamps${later}`;
}
