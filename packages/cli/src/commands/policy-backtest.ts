// SPDX-License-Identifier: Apache-2.0
// `ashiato policy backtest`: what the recorded accesses would have been under another version. Writes nothing to the trail.
import { resolve } from 'node:path';
import { compile, type Judge } from '@ashiato/policy';
import { folderOf, loadPolicies, loadVersion, namesOneVersion } from '@ashiato/policy/load';
import { instantOf, type Period } from '@ashiato/policy/trail';
import { Command } from 'commander';
import { type BacktestReport, backtestText } from '../backtest-report.ts';
import type { BacktestState, Question } from '../backtest-state.ts';
import { backtestTrail } from '../backtest-trail.ts';
import { cannotRun } from '../exit.ts';
import { print, printJson, progress } from '../output.ts';
import { openStore } from '../trail-address.ts';

interface Options {
  dataDir?: string;
  from?: string;
  to?: string;
  tz: string;
  first: string;
  changes?: string;
  state?: string;
  lang: string;
  json?: boolean;
}

export function policyBacktestCommand(): Command {
  return new Command('backtest')
    .description(
      'Judge the recorded accesses of a period under another version: what changes, clause by clause.',
    )
    .argument('<policy>', 'a folder, folder@version, a policy file, or the id of a policy that comes along')
    .option(
      '--data-dir <dir>',
      'data folder of the trail (default: a running stack here, else ASHIATO_DATA_DIR)',
    )
    .option('--from <time>', "events' own time from this day or RFC 3339 time on")
    .option('--to <time>', 'and before this one')
    .option('--tz <zone>', 'time zone of days', 'Asia/Tokyo')
    .option('--first <n>', 'record ids to name for each clause', '5')
    .option('--changes <file>', 'write every access that changes there, one JSON a line')
    .option('--state <file>', 'keep there how far it has come; the same command goes on from it')
    .option('--lang <lang>', 'ja or en', 'en')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      `
A folder (or an id) judges each event by the version that is in force at its time, as a recorder with that folder
would have. One version (folder@version, or a file) judges every event, as if it had always been in force.

All segments are read, since an event's own time does not tell where it lies. Redeliveries count nowhere; with a
period, events whose time cannot be read are left out, and counted. A changed access counts once for every clause that
stood against it where it got better, or stands against it now. The trail as it was at the start is judged, and only
read. The exit code is 0 whether anything changes or not.`,
    )
    .action(backtest);
}

async function backtest(named: string, options: Options): Promise<void> {
  const { lang, tz } = options;
  if (lang !== 'ja' && lang !== 'en') throw cannotRun(`--lang: expected ja or en, got ${lang}`);
  if (!/^\d{1,6}$/.test(options.first))
    throw cannotRun(`--first: expected a whole number, got ${options.first}`);
  const period = periodOf(options);
  const throughout = namesOneVersion(named);
  const judge = throughout
    ? compile([await loadVersion(named)], { throughout })
    : compile(await loadPolicies(folderOf(named)));
  const store = openStore(options);
  const bar = progress('segments');
  try {
    const finite = (at: number) => (Number.isFinite(at) ? at : null);
    const question: Question = {
      trail: store.url,
      policies: judge.bundles.map(({ sha256 }) => sha256),
      throughout,
      from: finite(period.from),
      to: finite(period.to),
      first: Number(options.first),
      changes: options.changes === undefined ? null : resolve(options.changes),
    };
    const state = await backtestTrail(
      { ...store, judge, period },
      {
        question,
        stateFile: options.state,
        onProgress: (done, of, accesses) => bar.at(done, of, `${accesses.toLocaleString('en')} accesses`),
      },
    );
    bar.done();
    const report = reportOf(judge, state, { from: options.from ?? null, to: options.to ?? null, tz });
    if (options.json) printJson(report);
    else print(backtestText(report, lang));
  } finally {
    await store.close();
  }
}

function periodOf({ from, to, tz }: Options): Period {
  try {
    new Intl.DateTimeFormat('en', { timeZone: tz });
  } catch (cause) {
    throw cannotRun(`--tz: expected a time zone such as Asia/Tokyo, got ${tz}`, cause);
  }
  const read = (option: string, text: string | undefined, open: number) => {
    const at = text === undefined ? open : instantOf(text, tz);
    if (!Number.isNaN(at)) return at;
    throw cannotRun(`--${option}: expected a day as YYYY-MM-DD or an RFC 3339 time, got ${text}`);
  };
  const period = {
    from: read('from', from, Number.NEGATIVE_INFINITY),
    to: read('to', to, Number.POSITIVE_INFINITY),
  };
  if (period.from < period.to) return period;
  throw cannotRun(`--to: expected a time after --from (${from}), got ${to}`);
}

function reportOf(judge: Judge, state: BacktestState, period: BacktestReport['period']): BacktestReport {
  const { clauses, ...result } = state.tally;
  const sorted = Object.entries(clauses).sort(
    ([a, { changed: x }], [b, { changed: y }]) => y - x || (a < b ? -1 : 1),
  );
  return {
    policy: {
      id: judge.bundles[0]!.id,
      versions: judge.bundles.map(({ version, sha256 }) => ({ version, sha256 })),
      throughout: state.question.throughout,
    },
    period,
    segments: state.segments,
    result,
    clauses: sorted.map(([clause, sum]) => ({ clause, ...sum })),
  };
}
