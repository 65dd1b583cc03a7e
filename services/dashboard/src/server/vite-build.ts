// SPDX-License-Identifier: Apache-2.0
import { Console } from 'node:console';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

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
    await writeFile(join(fresh, SOURCES_STAMP), sources);
    await replaceFolder(fresh, dist);
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

// Another build may put its folder there between the two steps; then the later one goes over it once more.
async function replaceFolder(fresh: string, dist: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    await rm(dist, { recursive: true, force: true });
    try {
      return await rename(fresh, dist);
    } catch (problem) {
      const { code } = problem as NodeJS.ErrnoException;
      if (attempt === 5 || (code !== 'ENOTEMPTY' && code !== 'EEXIST')) throw problem;
    }
  }
}
