// SPDX-License-Identifier: Apache-2.0
// `ashiato rebuild`: ClickHouse anew from the segments. Nothing else is touched.
import { rebuild } from '@ashiato/warehouse';
import { Command } from 'commander';
import { print, printJson, progress } from '../output.ts';
import { openEngines, type Where, withWhere } from '../trail-address.ts';

export const rebuildCommand = (): Command =>
  withWhere(
    new Command('rebuild').description(
      'Drop all tables and project every segment anew; reports are partial meanwhile.',
    ),
  )
    .option('--json', 'print the result as JSON')
    .action(async (options: Where & { json?: boolean }) => {
      const engines = await openEngines(options);
      const bar = progress('projected records');
      try {
        const { warehouse, ledger } = engines;
        const done = await rebuild({
          warehouse,
          ledger,
          streams: await ledger.streams(),
          onProgress: ({ records, stream, partition }) => bar.at(records, null, `${stream}.${partition}`),
        });
        bar.done();
        if (options.json) printJson(done);
        else print(`rebuilt from ${done.segments} segments: ${done.records} records`);
      } finally {
        await engines.close();
      }
    });
