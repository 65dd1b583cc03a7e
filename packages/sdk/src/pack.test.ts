// SPDX-License-Identifier: Apache-2.0
// The published package: what a service on Node 20 gets when it installs it from a registry.
import { execFile } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { packPackage } from '../pack/pack-package.ts';
import { arrivedAt, openTarget } from './delivered.testing.ts';
import { access } from './sample-access.testing.ts';
import { tempFolder } from './temp-folder.testing.ts';

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '../../..');
const NODE_20 = join(import.meta.dirname, '../node_modules/node-20-linux-x64/bin/node');

const PROGRAM = `import { createTrail, PolicyViolationError } from '@ashiato/sdk';
import { compile, loadPolicies } from '@ashiato/sdk/policy';
const policy = compile(await loadPolicies(process.argv[2]));
const queue = { queueUrl: 'file:./queue' };
const trail = createTrail({ source: '/test/node-20', spoolDir: 'spool', mode: 'enforce', policy, ...queue });
const access = ${JSON.stringify(access())} as const;
await Promise.all(Array.from({ length: 300 }, () => trail.record(access)));
const sold = { ...access, operation: 'provide', recipient: { category: 'affiliate', id: 'affiliate-1' } } as const;
const refused: unknown = await trail.record(sold).catch((cause: unknown) => cause);
const { spooled } = await trail.close();
console.log(JSON.stringify({ node: process.version, refused: refused instanceof PolicyViolationError, spooled }));
`;

test('installs from a registry alone, without anything native, and records on Node 20', async () => {
  const dir = await tempFolder();
  const { tarball, packedBytes, dependencies } = await packPackage(dir);
  await writeFile(join(dir, 'package.json'), '{"private":true,"type":"module"}');
  await run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', tarball], { cwd: dir });
  const installed = (await readdir(join(dir, 'node_modules'), { recursive: true })).map(String);
  const packages = installed.filter(path => /^(?:@[^/]+\/)?[^/@.][^/]*\/package\.json$/.test(path));
  expect(packages).toHaveLength(1 + Object.keys(dependencies).length);
  expect(installed.filter(path => /\.node$|binding\.gyp$|\.wasm$/.test(path))).toEqual([]);
  for (const path of packages) {
    const { scripts = {} } = JSON.parse(await readFile(join(dir, 'node_modules', path), 'utf8'));
    expect(
      Object.keys(scripts).filter(name => /^(?:pre|post)?install$/.test(name)),
      path,
    ).toEqual([]);
  }
  process.stdout.write(
    `packed ${packedBytes} bytes, ${packages.length - 1} dependencies in its whole tree\n`,
  );

  await writeFile(join(dir, 'program.ts'), PROGRAM);
  const options = ['--ignoreConfig', '--strict', '--target', 'es2022', '--module', 'nodenext'];
  const types = ['--types', 'node', '--typeRoots', join(ROOT, 'node_modules/@types')];
  const tsc = [join(ROOT, 'node_modules/typescript/bin/tsc'), ...options, ...types, 'program.ts'];
  await run(process.execPath, tsc, { cwd: dir }).catch((cause: { stdout: string }) => {
    throw new Error(`its types do not serve a service:\n${cause.stdout}`);
  });
  const queue = await openTarget(join(dir, 'queue'));
  await queue.close();
  const policy = join(ROOT, 'packages/policy/policies/astmax-energy');
  const { stdout } = await run(NODE_20, ['program.js', policy], { cwd: dir });
  expect(JSON.parse(stdout)).toEqual({ node: 'v20.20.2', refused: true, spooled: 0 });
  const target = await openTarget(join(dir, 'queue'));
  const arrived = await arrivedAt(target);
  await target.close();
  expect(arrived).toHaveLength(301);

  // Node 20 has no zstd: batches for Kafka are gzip there, and asking for zstd is told.
  const compression = join(dir, 'node_modules/@ashiato/sdk/dist/packages/queue/src/kafka/compression.js');
  const asked = `import { compressionOf } from ${JSON.stringify(compression)};
    let told; try { compressionOf('zstd'); } catch (cause) { told = cause.code; }
    console.log(compressionOf(undefined), told);`;
  const answered = await run(NODE_20, ['--input-type=module', '-e', asked]);
  expect(answered.stdout).toBe('1 REFUSED\n');
});
