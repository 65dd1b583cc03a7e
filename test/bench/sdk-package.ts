// SPDX-License-Identifier: Apache-2.0
// What a service gets that installs the published sdk: how much, how many packages, and whether any is native.
import { execFile } from 'node:child_process';
import { globSync } from 'node:fs';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const PACK = join(import.meta.dirname, '../../packages/sdk/pack/main.ts');

export interface PublishedPackage {
  packedBytes: number;
  /** Every package of its tree, with its version. */
  dependencies: string[];
  /** Native files, and packages that run something when they are installed. */
  native: string[];
}

/** Packs the sdk and installs it into `dir`, which MUST be empty. */
export async function installPackage(dir: string): Promise<PublishedPackage> {
  await run(process.execPath, ['--disable-warning=ExperimentalWarning', PACK, dir]);
  const [tarball] = globSync('*.tgz', { cwd: dir });
  await writeFile(join(dir, 'package.json'), '{"private":true}');
  await run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', `./${tarball}`], { cwd: dir });
  const lock: { packages: Record<string, { version: string; hasInstallScript?: boolean }> } = JSON.parse(
    await readFile(join(dir, 'node_modules/.package-lock.json'), 'utf8'),
  );
  const installed = Object.entries(lock.packages).map(([path, { version, hasInstallScript = false }]) => {
    return { name: path.replace(/^.*node_modules\//, ''), version, hasInstallScript };
  });
  const scripted = installed.filter(one => one.hasInstallScript).map(({ name }) => name);
  return {
    packedBytes: (await stat(join(dir, tarball!))).size,
    dependencies: installed
      .filter(({ name }) => name !== '@ashiato/sdk')
      .map(({ name, version }) => `${name} ${version}`),
    native: [...globSync('node_modules/**/{*.node,binding.gyp,*.wasm}', { cwd: dir }), ...scripted],
  };
}
