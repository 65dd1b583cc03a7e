// SPDX-License-Identifier: Apache-2.0
// `ashiato retention list|expire|destroy`: what expires when, its removal, and destruction orders.
import { DEFAULT_RETENTION_MS } from '@ashiato/ledger';
import { applyHolds, type Due, destroy, expire, findDue, readHolds, sweep } from '@ashiato/retention';
import { forgetBefore } from '@ashiato/warehouse';
import { Command } from 'commander';
import { CommandEnd } from '../exit.ts';
import { print, printJson, progress, table } from '../output.ts';
import { type Keeper, sendControl, withKeeper } from '../send-control.ts';
import { type OpenStore, openEngines, openStore, type Where, withWhere } from '../trail-address.ts';

export function retentionCommand(): Command {
  const list = withWhere(
    new Command('list').description('What of each partition may go now, and what keeps the rest.'),
  )
    .option('--json', 'print as JSON')
    .action(tell);
  const remove = withKeeper(
    new Command('expire').description(
      'Remove segments past their period that no hold covers: recorded first, a start pointer stays, ClickHouse follows.',
    ),
  )
    .option('--json', 'print as JSON')
    .action(expireAll);
  const order = withKeeper(
    new Command('destroy').description(
      'Destroy the keys of encrypted members, or an extract; 1 when refused.',
    ),
  )
    .argument('<object>', 'its key in the object store: keys/… or extracts/…')
    .requiredOption('--ground <id>', 'why, as a word')
    .action(destroyOne);
  const retention = new Command('retention').description('What is kept how long, and what goes.');
  for (const command of [list, remove, order]) retention.addCommand(command);
  return retention;
}

async function* dueOf(store: Pick<OpenStore, 'ledger' | 'objects'>): AsyncGenerator<Due> {
  const holds = await readHolds(store.ledger);
  for (const stream of await store.ledger.streams())
    for (const partition of await store.ledger.partitions(stream))
      yield findDue(store, { stream, partition }, holds, new Date());
}

async function tell(where: Where & { json?: boolean }): Promise<void> {
  const store = openStore(where);
  try {
    const items: Due[] = [];
    for await (const due of dueOf(store)) items.push(due);
    if (where.json) printJson({ items });
    else print(text(items));
  } finally {
    await store.close();
  }
}

async function expireAll({ json, ...keeper }: Keeper & { json?: boolean }): Promise<void> {
  const engines = await openEngines(keeper);
  const bar = progress('removed objects');
  try {
    await applyHolds(engines, await readHolds(engines.ledger)); // what was committed since a hold was placed
    const gone: Due[] = [];
    let removed = 0;
    for await (const due of dueOf(engines)) {
      const publish = (tombstone: object) => sendControl(keeper, 'segments_expired', tombstone);
      const retainUntil = new Date(Date.now() + DEFAULT_RETENTION_MS);
      removed += (await expire(engines, due, { publish, retainUntil })).length;
      removed += (await sweep(engines, due)).length;
      const { from: before } = await engines.ledger.start(due.stream, due.partition);
      if (before > 0) await forgetBefore(engines.warehouse, { ...due, before });
      if (due.segments > 0) gone.push(due);
      bar.at(removed, null, `${due.stream}.${due.partition}`);
    }
    bar.done();
    if (json) printJson({ items: gone, removed });
    else print(gone.length === 0 ? 'nothing is due' : text(gone));
  } finally {
    await engines.close();
  }
}

async function destroyOne(target: string, { ground, ...keeper }: Keeper & { ground: string }): Promise<void> {
  const store = openStore(keeper);
  try {
    const refusal = await destroy(store, target, {
      holds: await readHolds(store.ledger),
      now: new Date(),
      publish({ kind, ...why }) {
        const { because, until } = { because: undefined, until: null, ...why };
        const said = { ...(because && { because }), ...(until && { until }) };
        return sendControl(keeper, kind, { target, ground, case: keeper.case, ...said });
      },
    });
    if (!refusal) return print(`${target} is destroyed`);
    const when = refusal.until
      ? `order it again after ${refusal.until}`
      : `release the hold ${refusal.hold ?? ''} first`;
    throw new CommandEnd(
      1,
      `refused, and recorded: a ${refusal.because === 'hold' ? 'legal hold' : 'legal period'} stands; ${when}`,
    );
  } finally {
    await store.close();
  }
}

const text = (items: readonly Due[]): string =>
  table(
    ['stream', 'partition', 'due offsets', 'segments', 'records', 'the next stays for', 'until', 'hold'],
    items.map(({ stream, partition, from, to, segments, records, stays }) => [
      stream,
      partition,
      from === null ? '-' : `${from}-${to}`,
      segments,
      records,
      stays.because,
      stays.until ?? '-',
      stays.hold ?? '-',
    ]),
  );
