// SPDX-License-Identifier: Apache-2.0
// How fast extracts are built and verified, and in how much memory; each in a process of its own.
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { UsageError } from './options.ts';

const run = promisify(execFile);

export const EVIDENCE_USAGE = `bench evidence: extracts of a trail, built and verified, each in a process of its own

  --records N  records of the trail (default 1000000)
  --json       the figures as JSON on standard output
  --help       this
`;

export interface EvidenceFigures {
  records: number;
  build: Step;
  verify: Step & { fileBytes: number };
  /** One person of the trail. */
  buildOne: Step;
  verifyOne: Step & { fileBytes: number };
  proof: { millis: number; runs: number };
}
interface Step {
  seconds: number;
  records: number;
  peakBytes: number;
}

/** Throws UsageError for anything that cannot be run. */
export function parseEvidenceOptions(words: string[]): { records: number; json: boolean } | 'help' {
  try {
    const boolean = { type: 'boolean', default: false } as const;
    const options = {
      records: { type: 'string', default: '1000000' },
      json: boolean,
      help: boolean,
    } as const;
    const { values } = parseArgs({ args: words, options });
    if (values.help) return 'help';
    const records = Number(values.records);
    if (!Number.isSafeInteger(records) || records < 100) throw new Error('--records: expected at least 100');
    return { records, json: values.json };
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

export async function runEvidenceBench(
  records: number,
  say: (line: string) => void,
): Promise<EvidenceFigures> {
  const dir = await mkdtemp(join(tmpdir(), 'ashiato-evidence-'));
  const program = async <T>(name: string, ...args: string[]): Promise<T> => {
    const path = join(import.meta.dirname, 'programs', name);
    const { stdout } = await run(process.execPath, [path, ...args]);
    return JSON.parse(stdout) as T;
  };
  try {
    say(`making a trail of ${records} records`);
    const { vkey } = await program<{ vkey: string }>('make-evidence.ts', dir, String(records));
    const [all, one] = [join(dir, 'all.zip'), join(dir, 'one.zip')];
    say('building');
    const build = await program<Step>('build-extract.ts', dir, all);
    say('verifying');
    const verify = await program<EvidenceFigures['verify']>('verify-extract.ts', all, vkey);
    const buildOne = await program<Step>('build-extract.ts', dir, one, 's1.nobody');
    const verifyOne = await program<EvidenceFigures['verify']>('verify-extract.ts', one, vkey);
    const proof = await program<EvidenceFigures['proof']>('prove-one.ts', dir);
    return { records, build, verify, buildOne, verifyOne, proof };
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

export function evidenceTableOf({
  build,
  verify,
  buildOne,
  verifyOne,
  proof,
  records,
}: EvidenceFigures): string {
  const number = (value: number) => Math.round(value).toLocaleString('en');
  const row = (what: string, { seconds, peakBytes }: Step, count = records) =>
    `| ${what} | ${seconds.toFixed(1)} | ${number(count / seconds)} | ${number(peakBytes / 2 ** 20)} |`;
  return [
    `| ${number(records)} records | s | records/s | peak MiB |`,
    '|---|---|---|---|',
    row('build, every record', build),
    row(`verify it (${number(verify.fileBytes / 2 ** 20)} MiB)`, verify),
    row('build, one person who is in none', buildOne),
    row(`verify it (${number(verifyOne.fileBytes / 2 ** 10)} KiB)`, verifyOne),
    `| proof of one record, warm: ${proof.millis.toFixed(2)} ms | | | |`,
    '',
  ].join('\n');
}
