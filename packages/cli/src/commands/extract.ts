// SPDX-License-Identifier: Apache-2.0
// `ashiato extract`: make a legal extract of the trail, verify one offline, read one.
import { readFile } from 'node:fs/promises';
import { openFileSource } from '@ashiato/extract';
import { type ByteSource, KINDS, type Verification, verifyExtract } from '@ashiato/extract/verify';
import { Command, Option } from 'commander';
import { CommandEnd, cannotRun } from '../exit.ts';
import { type CreateOptions, createFromTrail } from '../extract-from-trail.ts';
import { faultLine, manifestText } from '../extract-text.ts';
import { print, printJson, progress } from '../output.ts';
import { withWhere } from '../trail-address.ts';

const collect = (value: string, before: string[] = []) => [...before, value];

export function extractCommand(): Command {
  return new Command('extract')
    .description('Legal extracts of the trail: files that prove themselves offline.')
    .addCommand(createCommand())
    .addCommand(verifyCommand())
    .addCommand(showCommand());
}

const createCommand = (): Command =>
  withWhere(
    new Command('create').description(
      'Make an extract. Through the api where a trail runs: the read is recorded.',
    ),
  )
    .addOption(new Option('--kind <kind>', 'what it is for').choices(KINDS).default('records'))
    .requiredOption(
      '--from <time>',
      "start of the period, of the events' own times, such as 2026-06-01T00:00:00+09:00",
    )
    .option('--to <time>', 'its end, exclusive (default: as far as the log reaches)')
    .option('--filter <member=value>', 'such as subject=K-1; several of a member: any of them', collect)
    .option('--stream <name>', 'stream of the records', 'access')
    .addOption(new Option('--staff <staff>', 'whether records name the staff').choices(['named', 'hidden']))
    .addOption(
      new Option('--joint-use <state>', 'kind provision: whether the joint-use clause holds')
        .choices(['as_published', 'defective'])
        .default('as_published'),
    )
    .option('--withhold-purpose <purpose>', 'count these and do not show them', collect)
    .option('--ground <id>', 'on which ground they are withheld')
    .option('--case <id>', 'what the extract is made for')
    .option('--trust <file>', 'C2SP tlog-policy to enclose, where the trail runs no api')
    .requiredOption('--out <file>', 'file to write; it must not exist')
    .option('--json', 'print the manifest as JSON')
    .action(create);

async function create(options: CreateOptions & { json?: boolean }): Promise<void> {
  const bar = progress('segments');
  const manifest = await createFromTrail(options, (done, total) => bar.at(done, total));
  bar.done();
  if (options.json) printJson(manifest);
  else print(`${manifestText(manifest)}\n\nwritten to ${options.out}`);
}

const verifyCommand = (): Command =>
  new Command('verify')
    .description(
      'Verify an extract offline; without the log key from elsewhere it is "unpinned", exit code 1.',
    )
    .argument('<file>', 'the extract')
    .option('--log-key <key>', "the log's public key (C2SP vkey), or a file that holds it")
    .option('--trust <file>', 'a C2SP tlog-policy: which logs to believe, and how many witnesses')
    .option('--previous <file>', 'an earlier extract of the same log')
    .option('--json', 'print the result as JSON')
    .action(verify);

interface VerifyOptions {
  logKey?: string;
  trust?: string;
  previous?: string;
  json?: boolean;
}

async function verify(path: string, options: VerifyOptions): Promise<void> {
  const file = await opened(path);
  const previous = options.previous === undefined ? undefined : await opened(options.previous);
  const bar = progress('verifying');
  const result = await verifyExtract(file, {
    ...(options.logKey === undefined ? {} : { logKey: await keyText(options.logKey) }),
    ...(options.trust === undefined ? {} : { policy: await text(options.trust) }),
    ...(previous ? { previous } : {}),
    onProgress: (step, done, total) => bar.at(done, total, step),
  });
  bar.done();
  await Promise.all([file.close(), previous?.close()]);
  if (options.json) printJson(result);
  else print(resultText(result));
  if (!result.ok) throw new CommandEnd(1, `not verified: ${result.faults.length} faults`);
}

function resultText({ ok, faults, manifest, log }: Verification): string {
  const parts = faults.map(faultLine);
  if (manifest && log) {
    const witnesses = log.witnessed.map(
      ({ name, time }) => `${name} at ${new Date(time * 1000).toISOString()}`,
    );
    parts.push(manifestText(manifest), `witnesses         ${witnesses.join(', ') || 'none'}`);
  }
  if (ok) parts.unshift(`ok: everything fits, under the key of ${log!.name}`);
  return parts.join('\n');
}

const showCommand = (): Command =>
  new Command('show')
    .description('Read what an extract says of itself; nothing is verified.')
    .argument('<file>', 'the extract')
    .option('--member <name>', 'print this member, such as records.csv')
    .option('--json', 'print the manifest as JSON')
    .action(show);

async function show(path: string, options: { member?: string; json?: boolean }): Promise<void> {
  const { openExtract } = await import('@ashiato/extract/verify');
  const file = await opened(path);
  try {
    const extract = await openExtract(file).catch((cause: Error) => {
      throw cannotRun(`${path}: ${cause.message}; "ashiato extract verify" says more`, cause);
    });
    const { manifest } = extract;
    if (options.member === undefined)
      return options.json ? printJson(manifest) : print(manifestText(manifest));
    const names = manifest.members.map(({ name }) => name);
    if (!names.includes(options.member))
      throw cannotRun(`--member: expected one of ${names.join(', ')}, got ${options.member}`);
    for await (const piece of extract.stream(options.member)) process.stdout.write(piece);
  } finally {
    await file.close();
  }
}

async function opened(path: string): Promise<ByteSource & { close(): Promise<void> }> {
  try {
    return await openFileSource(path);
  } catch (cause) {
    throw cannotRun(`${path} cannot be read`, cause);
  }
}

const text = (path: string): Promise<string> =>
  readFile(path, 'utf8').catch(cause => {
    throw cannotRun(`${path} cannot be read`, cause);
  });

/** A vkey has plus signs where a path hardly has two. */
const keyText = (given: string): Promise<string> | string =>
  /^[^+\s]+\+[0-9a-f]{8}\+\S+$/.test(given) ? given : text(given);
