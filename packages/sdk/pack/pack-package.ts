// SPDX-License-Identifier: Apache-2.0
// Makes what is published of this room: JavaScript with types for Node 20, the parts of our other rooms that it needs
// inside, and packages of the registry as its only dependencies.
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';

const run = promisify(execFile);
const ROOM = join(import.meta.dirname, '..');
const ROOT = join(ROOM, '../..');
/** node:crypto's hash() and node:zlib's crc32() are there from this version on. */
const LEAST_NODE = '>=20.15.0';

export interface Packed {
  tarball: string;
  /** Size of the tarball. */
  packedBytes: number;
  /** Packages of the registry that it names, with exact versions. */
  dependencies: Record<string, string>;
}

/** Builds and packs into `outDir`. Rejects when the compiler finds an error. */
export async function packPackage(outDir: string): Promise<Packed> {
  const work = await mkdtemp(join(tmpdir(), 'ashiato-pack-'));
  try {
    await compile(work);
    const stage = join(work, 'stage');
    const dependencies = await stagePackage(work, stage);
    const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', outDir], { cwd: stage });
    const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
    const tarball = join(outDir, filename);
    return { tarball, packedBytes: (await stat(tarball)).size, dependencies };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Emits JavaScript and types of the doors and of all they reach, under their paths in the workspace. */
async function compile(outDir: string): Promise<void> {
  const rooms = ['policy', 'queue', 'schema', 'tlog'].map(room => join(ROOT, 'packages', room));
  const doors = await Promise.all(
    rooms.map(async folder => {
      const { name, exports } = await manifestOf(folder);
      return Object.entries(exports).map(
        ([door, source]) => [join(name, door), [join(folder, source)]] as const,
      );
    }),
  );
  const compilerOptions = {
    target: 'es2022',
    // What Node 20 has. Using more is an error here, not at the desk of who installs it.
    lib: ['es2023', 'es2024.string'],
    composite: false,
    declaration: true,
    emitDeclarationOnly: false,
    rewriteRelativeImportExtensions: true,
    typeRoots: [join(ROOT, 'node_modules/@types')],
    rootDir: ROOT,
    outDir,
    // By path, since what comes through node_modules is not emitted.
    paths: Object.fromEntries(doors.flat()),
  };
  const files = Object.values((await manifestOf(ROOM)).exports).map(source => join(ROOM, source));
  const project = join(outDir, 'tsconfig.json');
  await writeFile(
    project,
    JSON.stringify({ extends: join(ROOT, 'tsconfig.base.json'), compilerOptions, include: [], files }),
  );
  const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
  await run(process.execPath, [tsc, '-p', project]).catch((cause: { stdout: string }) => {
    throw new Error(`the sources do not compile for Node 20:\n${cause.stdout}`);
  });
}

async function stagePackage(emitted: string, stage: string): Promise<Record<string, string>> {
  const {
    name,
    version,
    license,
    exports: doors,
    peerDependencies,
    peerDependenciesMeta,
  } = await manifestOf(ROOM);
  const outside = new Set<string>();
  const copied = new Set<string>();
  const entries = Object.entries(doors).map(
    ([door, source]) => [door, built(relative(ROOT, join(ROOM, source)))] as const,
  );
  for (const [, path] of entries) {
    for (const file of [`${path}.js`, `${path}.d.ts`])
      await copyReachable(file, { emitted, stage, copied, outside });
  }
  const dependencies = await versionsOf([...outside].filter(found => !(found in (peerDependencies ?? {}))));
  const manifest = {
    name,
    version,
    description: 'Record who touched which fields of whose personal data, for which purpose',
    license,
    type: 'module',
    engines: { node: LEAST_NODE },
    exports: Object.fromEntries(
      entries.map(([door, path]) => [door, { types: `./dist/${path}.d.ts`, default: `./dist/${path}.js` }]),
    ),
    files: ['dist'],
    dependencies,
    peerDependencies,
    peerDependenciesMeta,
  };
  await writeFile(join(stage, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  await cp(join(ROOM, 'README.md'), join(stage, 'README.md'));
  await cp(join(ROOT, 'LICENSE'), join(stage, 'LICENSE'));
  return dependencies;
}

interface Copying {
  emitted: string;
  stage: string;
  copied: Set<string>;
  outside: Set<string>;
}

const IMPORT = /(^(?:import|export)\b[^'"=;(]*\bfrom\s*|^import\s*|\bimport\()(['"])([^'"]+)\2/gm;

/** Copies a built file and all it imports; names of our rooms become paths, other names are collected. */
async function copyReachable(file: string, copying: Copying): Promise<void> {
  const { emitted, stage, copied, outside } = copying;
  if (copied.has(file)) return;
  copied.add(file);
  const text = await readFile(join(emitted, file), 'utf8');
  const next: string[] = [];
  const ending = file.endsWith('.d.ts') ? '.d.ts' : '.js';
  const local = (path: string) => {
    next.push(`${path}${ending}`);
    const way = relative(dirname(file), path);
    return `${way.startsWith('.') ? way : `./${way}`}.js`;
  };
  const parts: string[] = [];
  let at = 0;
  for (const { 0: whole, 1: before, 2: quote, 3: wanted, index } of text.matchAll(IMPORT)) {
    parts.push(
      text.slice(at, index),
      `${before}${quote}${await resolved(wanted!, { file, local, outside })}${quote}`,
    );
    at = index + whole.length;
  }
  const path = join(stage, 'dist', file);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, [...parts, text.slice(at)].join(''));
  for (const one of next) await copyReachable(one, copying);
}

async function resolved(
  wanted: string,
  { file, local, outside }: { file: string; local: (path: string) => string; outside: Set<string> },
): Promise<string> {
  if (wanted.startsWith('.')) return local(join(dirname(file), wanted.replace(/(?:\.d)?\.[jt]s$/, '')));
  if (wanted.startsWith('#')) {
    const folder = join(ROOT, ...file.split('/').slice(0, 2));
    return local(built(relative(ROOT, join(folder, (await manifestOf(folder)).imports![wanted]!.node))));
  }
  if (wanted.startsWith('@ashiato/')) {
    const [, room, ...door] = wanted.split('/');
    const folder = join(ROOT, 'packages', room!);
    const source = (await manifestOf(folder)).exports[['.', ...door].join('/')]!;
    return local(built(relative(ROOT, join(folder, source))));
  }
  if (!wanted.startsWith('node:'))
    outside.add(
      wanted
        .split('/')
        .slice(0, wanted.startsWith('@') ? 2 : 1)
        .join('/'),
    );
  return wanted;
}

const built = (source: string): string => source.replace(/\.ts$/, '');

interface Manifest {
  name: string;
  version: string;
  license: string;
  exports: Record<string, string>;
  imports?: Record<string, { node: string }>;
  peerDependencies?: Record<string, string>;
  peerDependenciesMeta?: object;
}

const manifestOf = async (folder: string): Promise<Manifest> =>
  JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));

/** The versions of the workspace's catalog, so that what is tested here is what is installed there. */
async function versionsOf(names: string[]): Promise<Record<string, string>> {
  const { catalog } = parse(await readFile(join(ROOT, 'pnpm-workspace.yaml'), 'utf8')) as {
    catalog: Record<string, string>;
  };
  return Object.fromEntries(
    names.sort().map(name => {
      const version = catalog[name];
      if (version === undefined)
        throw new Error(`${name} is imported and not in the catalog of pnpm-workspace.yaml`);
      return [name, version];
    }),
  );
}
