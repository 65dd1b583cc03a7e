// SPDX-License-Identifier: Apache-2.0
import { Console } from 'node:console';
import { chmod, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PAGE_CONTENT_SECURITY_POLICY } from './page-content-security-policy.ts';

/** File in `dist/` that names the sources it was built from. */
export const SOURCES_STAMP = '.sources-sha256';

/**
 * Builds the page into a folder of its own, then puts it in the place of `dist`. If we die in between, `dist`
 * is missing or has no stamp, and the next call builds again.
 */
export async function viteBuild(dist: string, sources: string): Promise<void> {
  const { build, createLogger } = await import('vite');
  const aside = join(dirname(dist), 'node_modules');
  await mkdir(aside, { recursive: true });
  const fresh = await mkdtemp(join(aside, '.page-'));
  try {
    await build({
      configFile: false,
      root: fileURLToPath(new URL('../page', import.meta.url)),
      base: './',
      customLogger: createLogger('info', { console: new Console(process.stderr), allowClearScreen: false }),
      build: {
        outDir: fresh,
        emptyOutDir: true,
        // Nothing inlined and no inline loader: the page's policy allows files of its own origin only.
        assetsInlineLimit: 0,
        modulePreload: { polyfill: false },
        license: { fileName: 'licenses.md' },
      },
    });
    await writeFile(join(fresh, 'content-security-policy.txt'), `${PAGE_CONTENT_SECURITY_POLICY}\n`);
    await writeFile(join(fresh, SOURCES_STAMP), sources);
    // mkdtemp's folders are for their maker only; the page may be served by another account than it is built by.
    await chmod(fresh, 0o755);
    await replaceFolder(fresh, dist, sources);
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

/** The sources that the page in `dist` was built from; `undefined` when no finished page is there. */
export async function readStamp(dist: string): Promise<string | undefined> {
  try {
    return await readFile(join(dist, SOURCES_STAMP), 'utf8');
  } catch (problem) {
    if ((problem as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw problem;
  }
}

// Another build may finish first: its page of the same sources stays, since someone may be serving it by now.
async function replaceFolder(fresh: string, dist: string, sources: string): Promise<void> {
  while ((await readStamp(dist)) !== sources) {
    await rm(dist, { recursive: true, force: true });
    try {
      return await rename(fresh, dist);
    } catch (problem) {
      const { code } = problem as NodeJS.ErrnoException;
      if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw problem;
    }
  }
}
