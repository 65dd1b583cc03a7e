// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { buildInto } from './build-dashboard.ts';
import { buildDashboard, PAGE_CONTENT_SECURITY_POLICY } from './index.ts';
import { SOURCES_STAMP } from './vite-build.ts';

test('builds a page of files only: nothing inline, React for production, licences beside', async () => {
  const dist = await buildDashboard();
  const html = await readFile(join(dist, 'index.html'), 'utf8');
  expect(html).toMatch(/<script type="module"[^>]* src="\.\/assets\/[^"]+\.js">/);
  expect(html).not.toMatch(/<style|\sstyle=|<script(?![^>]*\ssrc=)|https?:\/\//);
  const assets = await readdir(join(dist, 'assets'));
  const script = await readFile(join(dist, 'assets', assets.find(name => name.endsWith('.js'))!), 'utf8');
  expect(script).not.toContain('Download the React DevTools');
  expect(script).toContain('react.dev/errors/');
  expect(await readFile(join(dist, 'licenses.md'), 'utf8')).toMatch(/react-dom/);
  expect(PAGE_CONTENT_SECURITY_POLICY).not.toMatch(/unsafe|\*/);
});

describe('in a folder of its own', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ashiato-dashboard-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  test('builds again when the sources differ from those of the built page, and only then', async () => {
    const dist = join(folder, 'dist');
    await buildInto(dist);
    const { ino: built, mode } = await stat(dist);
    expect(mode & 0o777).toBe(0o755);
    await buildInto(dist);
    expect((await stat(dist)).ino).toBe(built);
    const sources = await readFile(join(dist, SOURCES_STAMP), 'utf8');
    await writeFile(join(dist, SOURCES_STAMP), 'other sources');
    await writeFile(join(dist, 'old.txt'), 'of the build before');
    await buildInto(dist);
    expect(await readFile(join(dist, SOURCES_STAMP), 'utf8')).toBe(sources);
    expect(await readdir(dist)).not.toContain('old.txt');
  });

  test('two builds at once both end with the page in its place', async () => {
    const dist = join(folder, 'dist');
    await Promise.all([buildInto(dist), buildInto(dist)]);
    expect(await readdir(dist)).toContain('index.html');
    expect(await readdir(join(folder, 'node_modules'))).toEqual([]);
  });

  test('a build that cannot be put in its place is an error', async () => {
    const file = join(folder, 'not-a-folder');
    await writeFile(file, '');
    await expect(buildInto(join(file, 'dist'))).rejects.toThrow(/ENOTDIR/);
    await writeFile(join(folder, 'node_modules'), '');
    await expect(buildInto(join(folder, 'dist'))).rejects.toMatchObject({ code: 'BUILD_FAILED' });
  });
});

test('the README shows the code that this file runs', async () => {
  const readme = await readFile(fileURLToPath(new URL('../../README.md', import.meta.url)), 'utf8');
  expect(readme).toContain('const dist = await buildDashboard();');
  expect(readme).toContain(PAGE_CONTENT_SECURITY_POLICY.split('; ').join(';\n'));
});
