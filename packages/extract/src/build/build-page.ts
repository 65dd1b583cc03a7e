// SPDX-License-Identifier: Apache-2.0
// `verify.html`: the verifier as one file that opens from disk, built when its sources have changed.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';

const ROOM = join(import.meta.dirname, '../..');
const PACKAGES = join(ROOM, '..');
/** What the page is made of; outside packages are named, with their versions, by the lockfile. */
const SOURCES = ['extract/src', 'ledger/src/proof', 'policy/src', 'schema/src', 'tlog/src'];

/**
 * The page's bytes; the same for the same sources. Built first when there is none for these sources, which takes
 * seconds. Two processes may ask at once.
 */
export async function buildVerifyPage(): Promise<Uint8Array> {
  const path = join(ROOM, 'dist', `verify-${await hashSources()}.html`);
  const built = await readFile(path).catch(() => undefined);
  if (built) return built;
  // A process of its own: Vite takes NODE_ENV from the environment and sets it there.
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts'), path], {
    cwd: ROOM,
    env: { NODE_ENV: 'production' },
    stdio: ['ignore', 2, 2],
  });
  const [status] = await once(child, 'exit');
  if (status !== 0)
    throw new Error(`verify.html could not be built (exit ${status}); standard error says why`);
  return readFile(path);
}

/** Called in the child process. */
export async function writePage(path: string): Promise<void> {
  const { build } = await import('vite');
  const folder = join(ROOM, 'src/page');
  const built = await build({
    configFile: false,
    logLevel: 'error',
    root: folder,
    resolve: { alias: { 'node:crypto': join(folder, 'node-crypto.ts') } },
    build: {
      write: false,
      minify: true,
      lib: { entry: join(folder, 'main.ts'), formats: ['iife'], name: 'page' },
      // The doors of our packages are wide; nothing but the page itself does anything when it is loaded.
      rolldownOptions: { treeshake: { moduleSideEffects: id => id.endsWith('/page/main.ts') } },
    },
  });
  const [bundle] = Array.isArray(built) ? built : [built];
  if (!bundle || !('output' in bundle)) throw new Error('vite gave no bundle');
  // Inside a script element only this ends it.
  const script = bundle.output[0].code.replaceAll('</script', '<\\/script');
  const sha256 = createHash('sha256').update(script).digest('base64');
  const html = (await readFile(join(folder, 'index.html'), 'utf8'))
    .replace('SCRIPT_SHA256', () => sha256)
    .replace('<script>SCRIPT</script>', () => `<script>${script}</script>`);
  await mkdir(join(ROOM, 'dist'), { recursive: true });
  await writeFile(`${path}.${process.pid}`, html);
  await rename(`${path}.${process.pid}`, path);
}

/** SHA-256 over names and bytes of all that the page is built from. */
async function hashSources(): Promise<string> {
  const files = [join(PACKAGES, '../pnpm-lock.yaml')];
  for (const folder of SOURCES) {
    const entries = await readdir(join(PACKAGES, folder), { recursive: true, withFileTypes: true });
    files.push(
      ...entries
        .filter(entry => entry.isFile() && !/\.test\.ts$|\.testing\.ts$/.test(entry.name))
        .map(entry => join(entry.parentPath, entry.name)),
    );
  }
  const hash = createHash('sha256');
  for (const file of files.sort()) {
    const bytes = await readFile(file);
    hash.update(`${relative(PACKAGES, file)}\0${bytes.length}\0`).update(bytes);
  }
  return hash.digest('hex').slice(0, 32);
}
