// SPDX-License-Identifier: Apache-2.0
// `npm run bench -- walk`: figures of the whole walk beside its rivals; `-- policy`: of the judge beside JSON.parse;
// `-- tlog`: of the transparency log; `-- evidence`: of extracts; `-- sdk`: of the sdk beside pino, a bare fdatasync
// loop and kafkajs.
// Progress goes to standard error.
import { EVIDENCE_USAGE, evidenceTableOf, parseEvidenceOptions, runEvidenceBench } from './evidence-bench.ts';
import { parseOptions, USAGE, UsageError } from './options.ts';
import { POLICY_USAGE, parsePolicyOptions, runPolicyBench } from './policy-bench.ts';
import { policyTableOf } from './policy-report.ts';
import { tableOf } from './report.ts';
import { parseSdkOptions, runSdkBench, SDK_USAGE } from './sdk-bench.ts';
import { sdkTableOf } from './sdk-report.ts';
import { parseTlogOptions, runTlogBench, TLOG_USAGE, tlogTableOf } from './tlog-bench.ts';
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

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

async function main(words: string[]): Promise<number> {
  if (words[0] === 'policy') return policy(words.slice(1));
  if (words[0] === 'tlog') return tlog(words.slice(1));
  if (words[0] === 'sdk') return sdk(words.slice(1));
  if (words[0] === 'evidence') return evidence(words.slice(1));
  const options = parseOptions(words);
  if (options === 'help') {
    process.stdout.write(`${USAGE}\n${POLICY_USAGE}\n${TLOG_USAGE}\n${SDK_USAGE}\n${EVIDENCE_USAGE}`);
    return 0;
  }
  const report = await runWalk(options, say);
  process.stdout.write(options.json ? `${JSON.stringify(report, null, 2)}\n` : tableOf(report));
  if (options.writeReadme) await writeReadmeBlock(tableOf(report), 'figures');
  return 0;
}

async function policy(words: string[]): Promise<number> {
  const options = parsePolicyOptions(words);
  if (options === 'help') {
    process.stdout.write(POLICY_USAGE);
    return 0;
  }
  const report = await runPolicyBench(options, say);
  process.stdout.write(options.json ? `${JSON.stringify(report, null, 2)}\n` : policyTableOf(report));
  if (options.writeReadme) await writeReadmeBlock(policyTableOf(report), 'policy figures');
  return 0;
}

async function tlog(words: string[]): Promise<number> {
  const options = parseTlogOptions(words);
  if (options === 'help') {
    process.stdout.write(TLOG_USAGE);
    return 0;
  }
  const figures = await runTlogBench(options.leaves);
  process.stdout.write(options.json ? `${JSON.stringify(figures, null, 2)}\n` : tlogTableOf(figures));
  return 0;
}

async function sdk(words: string[]): Promise<number> {
  const options = parseSdkOptions(words);
  if (options === 'help') {
    process.stdout.write(SDK_USAGE);
    return 0;
  }
  const report = await runSdkBench(options, say);
  process.stdout.write(options.json ? `${JSON.stringify(report, null, 2)}\n` : sdkTableOf(report));
  if (options.writeReadme) await writeReadmeBlock(sdkTableOf(report), 'sdk figures');
  return 0;
}

async function evidence(words: string[]): Promise<number> {
  const options = parseEvidenceOptions(words);
  if (options === 'help') {
    process.stdout.write(EVIDENCE_USAGE);
    return 0;
  }
  const figures = await runEvidenceBench(options.records, say);
  process.stdout.write(options.json ? `${JSON.stringify(figures, null, 2)}\n` : evidenceTableOf(figures));
  return 0;
}
