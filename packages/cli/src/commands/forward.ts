// SPDX-License-Identifier: Apache-2.0
// `ashiato forward PATH`: delivers what services on this machine have put into their spool folders.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { TrailError } from '@ashiato/sdk';
import { type ForwardFoldersOptions, forwardFolders } from '@ashiato/sdk/forward';
import { Command } from 'commander';
import { CommandEnd, cannotRun } from '../exit.ts';
import { printJson, say } from '../output.ts';

interface Options {
  queue?: string;
  intake?: string;
  tokenFile?: string;
  once?: boolean;
  json?: boolean;
}

export function forwardCommand(): Command {
  return new Command('forward')
    .description('Deliver what services on this machine put into their spool folders.')
    .argument('<path>', 'a spool folder, or a folder with spool folders up to three levels below')
    .option('--queue <url>', 'deliver to this queue: kafka://host:port,… or file:path')
    .option('--intake <url>', 'deliver to this intake over HTTP; needs --token-file')
    .option('--token-file <file>', "file with an emitter's token, read anew for each request")
    .option('--once', 'end when everything that is there now is delivered')
    .option('--json', 'print what was done as JSON at the end')
    .addHelpText(
      'after',
      `
Services name it by forwarder: 'other'; what services left that are gone is delivered too. A folder from which its own
service or another forwarder delivers is left to that one. With --once the exit code is 1 where such folders are left.`,
    )
    .action(forward);
}

async function forward(path: string, { once = false, json, ...options }: Options): Promise<void> {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  const onNotice: ForwardFoldersOptions['onNotice'] = ({ level, text }) => say(`${level}: ${text}`);
  const work = { path: resolve(path), destination: destinationOf(options), once, onNotice };
  const done = await forwardFolders(work, stop.signal).catch((cause: unknown) => {
    throw cause instanceof TrailError ? cannotRun(cause.message, cause) : cause;
  });
  if (json) printJson(done);
  else say(`${done.events} events delivered from ${done.folders} folders`);
  if (once && done.busy > 0)
    throw new CommandEnd(1, `${done.busy} folders are left: another process delivers from them`);
}

function destinationOf({ queue, intake, tokenFile }: Options): ForwardFoldersOptions['destination'] {
  if (queue !== undefined && intake === undefined) return { queueUrl: queue };
  if (intake === undefined || queue !== undefined || tokenFile === undefined)
    throw cannotRun('say where to: --queue, or --intake with --token-file');
  return { intakeUrl: intake, token: () => readFileSync(tokenFile, 'utf8').trim() };
}
