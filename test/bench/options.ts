// SPDX-License-Identifier: Apache-2.0
// What may be asked of the benchmark on the command line.
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { PARTITIONS } from './walk-events.ts';

export const ARMS = ['A', 'A1', 'B', 'B1', 'B2', 'C', 'D1', 'D2'] as const;
export type ArmName = (typeof ARMS)[number];

export interface WalkOptions {
  /** A multiple of the partitions, so that each holds as many. */
  events: number;
  rounds: number;
  arms: ArmName[];
  json: boolean;
  writeReadme: boolean;
  /** Folder for CPU profiles of the recorder, or undefined for none. */
  profile: string | undefined;
}

export class UsageError extends Error {}

export const USAGE = `bench walk: events per second and CPU per event of the whole walk, beside its rivals

  --events N      events in the topic (default 2000000, rounded up to a multiple of ${PARTITIONS})
  --rounds N      rounds; each runs every arm once, in turn (default 3)
  --arms LIST     only these of ${ARMS.join(',')}
  --json          all readings as JSON on standard output
  --write-readme  rewrites the block of figures in test/bench/README.md
  --profile DIR   writes CPU profiles of the recorders (arms A, A1) there; the figures suffer
  --help          this
`;

/** Throws UsageError for anything that cannot be run. */
export function parseOptions(words: string[]): WalkOptions | 'help' {
  const { values, positionals } = parsed(words);
  if (values.help) return 'help';
  if (positionals.length !== 1 || positionals[0] !== 'walk') {
    throw new UsageError('expected the subcommand walk; --help tells more');
  }
  const events = Math.ceil(count('--events', values.events) / PARTITIONS) * PARTITIONS;
  return {
    events,
    rounds: count('--rounds', values.rounds),
    arms: values.arms.split(',').map(armName),
    json: values.json,
    writeReadme: values['write-readme'],
    profile: values.profile === undefined ? undefined : resolve(values.profile),
  };
}

function parsed(words: string[]) {
  try {
    return parseArgs({
      args: words,
      allowPositionals: true,
      options: {
        events: { type: 'string', default: '2000000' },
        rounds: { type: 'string', default: '3' },
        arms: { type: 'string', default: ARMS.join(',') },
        json: { type: 'boolean', default: false },
        'write-readme': { type: 'boolean', default: false },
        profile: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

function count(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new UsageError(`${name}: expected a whole number from 1, got ${text}`);
  }
  return value;
}

function armName(text: string): ArmName {
  const found = ARMS.find(name => name === text);
  if (found === undefined) throw new UsageError(`--arms: expected some of ${ARMS.join(',')}, got ${text}`);
  return found;
}
