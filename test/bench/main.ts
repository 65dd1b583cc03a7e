// SPDX-License-Identifier: Apache-2.0
// `npm run bench -- walk`: figures of the whole walk beside its rivals. Progress goes to standard error.
import { parseOptions, USAGE, UsageError } from './options.ts';
import { tableOf } from './report.ts';
import { runWalk } from './walk.ts';
import { writeReadmeBlock } from './write-readme-block.ts';

// Leaving through `exit` ends the broker and removes the folder; the other processes end when we are gone.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  process.stderr.write(`bench: ${error.message}\n`);
  process.exitCode = 2;
}

async function main(words: string[]): Promise<number> {
  const options = parseOptions(words);
  if (options === 'help') {
    process.stdout.write(USAGE);
    return 0;
  }
  const say = (line: string) => void process.stderr.write(`${line}\n`);
  const report = await runWalk(options, say);
  process.stdout.write(options.json ? `${JSON.stringify(report, null, 2)}\n` : tableOf(report));
  if (options.writeReadme) await writeReadmeBlock(report);
  return 0;
}
