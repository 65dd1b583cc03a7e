// SPDX-License-Identifier: Apache-2.0
// `ashiato hold place|release|list|apply`: legal holds over a stream and a time.
import { applyHolds, type Hold, readHolds } from '@ashiato/retention';
import { Command } from 'commander';
import { cannotRun } from '../exit.ts';
import { print, printJson, progress, say, table } from '../output.ts';
import { type Keeper, sendControl, withKeeper } from '../send-control.ts';
import { openStore, type Where, withWhere } from '../trail-address.ts';

interface Placed extends Keeper {
  stream: string;
  from: string;
  to?: string;
  ground: string;
}

export function holdCommand(): Command {
  const place = withKeeper(
    new Command('place').description(
      'Nothing of this stream and time expires or is destroyed until it is released.',
    ),
  )
    .argument('<hold>', 'id of the hold')
    .requiredOption('--from <time>', "the broker's clock, RFC 3339, inclusive")
    .option('--to <time>', 'exclusive (default: no end)')
    .requiredOption('--ground <id>', 'why, as a word: litigation, investigation, …')
    .option('--stream <stream>', 'which stream', 'access')
    .action((hold: string, { stream, from, to, ground, ...keeper }: Placed) =>
      change(
        keeper,
        'hold_placed',
        { hold, stream, from, ...(to && { to }), ground, case: keeper.case },
        hold,
      ),
    );
  const release = withKeeper(new Command('release').description('Lets go of what this hold alone kept.'))
    .argument('<hold>', 'id of the hold')
    .action((hold: string, keeper: Keeper) =>
      change(keeper, 'hold_released', { hold, case: keeper.case }, hold),
    );
  const list = withWhere(new Command('list').description('All holds, in force and released.'))
    .option('--json', 'print the holds as JSON')
    .action(tell);
  const apply = withWhere(
    new Command('apply').description(
      'Mark the objects that holds cover, and take the marks off where none does.',
    ),
  )
    .option('--json', 'print the outcome as JSON')
    .action(async (where: Where & { json?: boolean }) => {
      const applied = await applyAll(where);
      if (where.json) printJson(applied);
      else print(`${applied.held} segments are held; ${applied.set} marks set, ${applied.lifted} taken off`);
    });
  const hold = new Command('hold').description('Legal holds.');
  for (const command of [place, release, list, apply]) hold.addCommand(command);
  return hold;
}

/** Recorded first; the marks follow once the event is committed, so that they never rest on something else. */
async function change(keeper: Keeper, kind: string, data: object, hold: string): Promise<void> {
  const id = await sendControl(keeper, kind, data);
  say(`recorded as ${id}; waiting for its commit`);
  await committed(keeper, hold, kind === 'hold_placed');
  const { held, set, lifted } = await applyAll(keeper);
  print(`${held} segments are held; ${set} marks set, ${lifted} taken off`);
}

const PATIENCE_MS = 180_000;

async function committed(where: Where, hold: string, inForce: boolean): Promise<void> {
  for (const start = Date.now(); Date.now() - start < PATIENCE_MS; ) {
    if ((await holdsOf(where)).some(one => one.hold === hold && (one.released_at === null) === inForce))
      return;
    await new Promise(resolve => setTimeout(resolve, 500));
  }
  throw cannotRun(
    'it is durable but not committed yet (does the recorder run?); run "ashiato hold apply" when it is',
  );
}

async function holdsOf(where: Where): Promise<Hold[]> {
  const store = openStore(where);
  try {
    return await readHolds(store.ledger);
  } finally {
    await store.close();
  }
}

async function applyAll(where: Where) {
  const store = openStore(where);
  const bar = progress('looked at segments');
  try {
    return await applyHolds(store, await readHolds(store.ledger), (segments, place) =>
      bar.at(segments, null, place),
    );
  } finally {
    bar.done();
    await store.close();
  }
}

async function tell(where: Where & { json?: boolean }): Promise<void> {
  const holds = await holdsOf(where);
  if (where.json) return printJson({ items: holds });
  const time = (ms: number | null) => (ms === null ? '-' : new Date(ms).toISOString());
  print(
    table(
      ['hold', 'stream', 'from', 'to', 'ground', 'case', 'by', 'released'],
      holds.map(one => [
        one.hold,
        one.stream,
        time(one.from),
        time(one.to),
        one.ground,
        one.case,
        one.by,
        one.released_at ?? '-',
      ]),
    ),
  );
}
