// SPDX-License-Identifier: Apache-2.0
// The guide of packages/sdk/README.md as a newcomer follows it: from nothing to accesses with verdicts in the trail.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '../..');
const readme = await readFile(join(ROOT, 'packages/sdk/README.md'), 'utf8');
const guide = readme.split('\n## Guide\n')[1]!.split('\n## ')[0]!;
const [shell] = /(?<=```sh\n)[\s\S]*?(?=```)/.exec(guide)!;
const snippets = [...guide.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(found => found[1]!);

let dir: string;
let trail: ChildProcess;
let address: string;

/** A line of the guide's shell block, with its files in our folder in place of the checkout. */
const lineOf = (command: string): string =>
  shell
    .split('\n')
    .find(line => line.startsWith(`npm run -s ${command}`))!
    .replace(/ +#.*$/, '')
    .replaceAll('--out ', `--out ${dir}/`);

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'ashiato-guide-'));
  const data = ['--data-dir', join(dir, 'ashiato-data'), '--listen', '127.0.0.1:0'];
  expect(shell).toContain('npm start -- --no-sample');
  trail = spawn('npm', ['start', '-s', '--', '--no-sample', ...data], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'ignore'],
    detached: true,
  });
  for await (const line of createInterface({ input: trail.stdout! })) {
    const found = /(http:\/\/127\.0\.0\.1:\d+)\/\?code=/.exec(line);
    if (found === null) continue;
    address = found[1]!;
    break;
  }
});
afterAll(async () => {
  const ended = once(trail, 'exit');
  // The group that we started: npm, and the trail below it.
  process.kill(-trail.pid!, 'SIGTERM');
  await ended;
  // npm ends before what it started: the trail may still be closing its files.
  await rm(dir, { recursive: true, force: true, maxRetries: 50, retryDelay: 200 });
});

test('from install to accesses in the trail', { timeout: 120_000 }, async () => {
  await run('sh', ['-c', `${lineOf('pack:sdk')} -- ${dir}`], { cwd: ROOT });
  await run('sh', ['-c', lineOf('ashiato -- policy generate')], { cwd: ROOT });
  const { stdout: entry } = await run('sh', ['-c', lineOf('ashiato -- key new')], { cwd: ROOT });
  expect(entry).toContain('prefix: "/billing"');
  await writeFile(join(dir, 'package.json'), '{"private":true,"type":"module"}');
  expect(guide).toContain('npm install ./ashiato-sdk-0.1.0.tgz');
  await run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', './ashiato-sdk-0.1.0.tgz'], {
    cwd: dir,
  });

  const files = snippets.map((_, i) => `snippet-${i}.ts`);
  await Promise.all(files.map((file, i) => writeFile(join(dir, file), snippets[i]!)));
  const options = ['--ignoreConfig', '--noEmit', '--strict', '--target', 'es2022', '--module', 'nodenext'];
  const types = ['--types', 'node', '--typeRoots', join(ROOT, 'node_modules/@types')];
  const tsc = [
    join(ROOT, 'node_modules/typescript/bin/tsc'),
    ...options,
    ...types,
    '--allowImportingTsExtensions',
  ];
  const { stdout: faults } = await run(process.execPath, [...tsc, ...files], { cwd: dir }).catch(
    (cause: { stdout: string }) => cause,
  );
  expect(faults).toBe('');

  // The trail listens on a port of its own here.
  const service = snippets[0]!.replace('http://127.0.0.1:8420', address);
  expect(service).not.toBe(snippets[0]);
  const [sealing] = /sealKeyFile: 'billing\.seal\.pem'/.exec(guide)!;
  const sealed = service.replace("spoolDir: './spool',", `spoolDir: './spool', ${sealing},`);
  await writeFile(join(dir, 'service.ts'), sealed);
  const { stdout: told } = await run(process.execPath, ['service.ts'], { cwd: dir });
  expect(told).toContain('released 1 row\n0 events still wait on this disk');

  const query = [
    'run',
    '-s',
    'ashiato',
    '--',
    'query',
    'records',
    '--json',
    '--data-dir',
    join(dir, 'ashiato-data'),
  ];
  const records = async () => {
    const { stdout } = await run('npm', query, { cwd: ROOT });
    const { items = [] } = JSON.parse(stdout) as {
      items?: { source: string; type: string; outcome: string }[];
    };
    const own = items.filter(({ source }) => source === '/billing/web-1');
    return own.map(({ type, outcome }) => `${type} ${outcome}`).toSorted();
  };
  const access = 'io.ashiato.access.v1 success';
  const seal = 'io.ashiato.seal.v1 ';
  await expect.poll(records, { timeout: 30_000 }).toEqual([access, access, access, seal, seal]);
});
