// SPDX-License-Identifier: Apache-2.0
// `ashiato policy explain`: judges events without recording them, and says why.
import { createReadStream } from 'node:fs';
import { text } from 'node:stream/consumers';
import { compile, explain, explanationText, type Judge, verdictJson } from '@ashiato/policy';
import { loadPolicies, shippedPolicy } from '@ashiato/policy/load';
import { Command } from 'commander';
import { CommandEnd, cannotRun } from '../exit.ts';
import { print } from '../output.ts';
import { policyBacktestCommand } from './policy-backtest.ts';
import { policyCheckCommand } from './policy-check.ts';
import { policyDiffCommand } from './policy-diff.ts';
import { policyGenerateCommand } from './policy-generate.ts';

interface Options {
  policy?: string;
  mode: string;
  lang: string;
  json?: boolean;
}

export function policyCommand(): Command {
  const explainCommand = new Command('explain')
    .description(
      'Judge one event, or JSON lines, and say which clauses allow it, which refuse it, and what would help.',
    )
    .argument('<file>', 'file with an event or JSON lines, or - for standard input')
    .option('--policy <dir>', 'folder of the policy (default: the one that comes along)')
    .option('--mode <mode>', 'literal or strict', 'strict')
    .option('--lang <lang>', 'ja or en', 'en')
    .option('--json', 'print one verdict a line')
    .action(explainFile);
  return new Command('policy')
    .description('The published policy as rules.')
    .addCommand(explainCommand)
    .addCommand(policyCheckCommand())
    .addCommand(policyDiffCommand())
    .addCommand(policyBacktestCommand())
    .addCommand(policyGenerateCommand());
}

async function explainFile(file: string, options: Options): Promise<void> {
  const judge = await judgeOf(options);
  let violations = 0;
  for (const event of await eventsOf(file)) {
    const verdict = judge.evaluate(event);
    if (verdict.outcome === 'violation') violations++;
    print(
      options.json
        ? verdictJson(verdict)
        : `${explanationText(explain(judge, event), options.lang as 'ja' | 'en')}\n`,
    );
  }
  if (violations > 0)
    throw new CommandEnd(1, `${violations} ${violations === 1 ? 'violation' : 'violations'}`);
}

async function judgeOf({ policy, mode, lang }: Options): Promise<Judge> {
  if (mode !== 'literal' && mode !== 'strict')
    throw cannotRun(`--mode: expected literal or strict, got ${mode}`);
  if (lang !== 'ja' && lang !== 'en') throw cannotRun(`--lang: expected ja or en, got ${lang}`);
  return compile(await loadPolicies(policy ?? shippedPolicy()), { mode });
}

/** One JSON value, or one on each line. */
async function eventsOf(file: string): Promise<unknown[]> {
  let content: string;
  try {
    content = await text(file === '-' ? process.stdin : createReadStream(file));
  } catch (cause) {
    throw cannotRun(`${file}: cannot be read`, cause);
  }
  try {
    return [JSON.parse(content)];
  } catch {
    return content
      .split('\n')
      .flatMap((line, i) => (line.trim() === '' ? [] : [parseLine(line, `${file}, line ${i + 1}`)]));
  }
}

function parseLine(line: string, place: string): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw cannotRun(`${place}: no JSON`, cause);
  }
}
