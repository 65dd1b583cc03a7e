// SPDX-License-Identifier: Apache-2.0
// The map of the rooms, held against the code: arrows go down only (README, "Rooms"). A new arrow is a decision:
// it changes this table, with a reason in the commit.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');

const PACKAGES = [
  'auth',
  'cli',
  'clickhouse-embedded',
  'extract',
  'completeness',
  'ledger',
  'objects',
  'policy',
  'queue',
  'retention',
  'runtime',
  'schema',
  'sdk',
  'tlog',
  'warehouse',
];
const SERVICES = [
  'api',
  'customer-desk',
  'dashboard',
  'intake',
  'notary',
  'recorder',
  'standalone',
  'witness',
];
const LIBRARIES = PACKAGES.filter(name => name !== 'cli');

/** room → rooms it may import. */
const ARROWS: Record<string, string[]> = {
  schema: [],
  tlog: [],
  objects: [],
  queue: [],
  auth: [],
  runtime: [],
  'clickhouse-embedded': [],
  policy: ['schema'],
  ledger: ['objects', 'tlog', 'schema'],
  completeness: ['ledger', 'objects', 'policy', 'schema', 'tlog'],
  retention: ['ledger', 'objects', 'schema'],
  warehouse: ['ledger', 'schema'],
  extract: ['ledger', 'policy', 'schema', 'tlog'],
  sdk: ['queue', 'schema', 'policy', 'tlog'],
  cli: [...LIBRARIES, 'infra-local'],
  recorder: LIBRARIES,
  notary: LIBRARIES,
  witness: ['runtime', 'tlog'],
  intake: LIBRARIES,
  api: LIBRARIES,
  'customer-desk': LIBRARIES,
  dashboard: ['schema', 'tlog'],
  standalone: [...LIBRARIES, 'recorder', 'notary', 'intake', 'api', 'customer-desk', 'dashboard'],
};
/** Subpaths that are doors of their own. */
const SIDE_DOORS = [
  '@ashiato/extract/verify',
  '@ashiato/ledger/log',
  '@ashiato/ledger/proof',
  '@ashiato/ledger/time-stamp',
  '@ashiato/policy/astmax-energy',
  '@ashiato/policy/check',
  '@ashiato/policy/diff',
  '@ashiato/policy/generate',
  '@ashiato/policy/load',
  '@ashiato/policy/registers',
  '@ashiato/policy/trail',
  '@ashiato/policy/vocabulary',
  '@ashiato/tlog/note',
  '@ashiato/tlog/proof',
  '@ashiato/tlog/tiles',
  '@ashiato/queue/emit',
  '@ashiato/sdk/express',
  '@ashiato/sdk/fastify',
  '@ashiato/sdk/field-map',
  '@ashiato/sdk/forward',
  '@ashiato/sdk/pg',
  '@ashiato/sdk/policy',
  '@ashiato/sdk/prisma',
  '@ashiato/sdk/reveal',
  '@ashiato/sdk/seal-key',
  '@ashiato/sdk/sqlite',
];

const folderOf = (room: string) => (SERVICES.includes(room) ? `services/${room}` : `packages/${room}`);
/** The page is built: at run time it depends on nothing, so all it is built from stands under devDependencies. */
const dependenciesOf = (room: string): object => {
  const { dependencies = {}, devDependencies = {} } = JSON.parse(read(`${folderOf(room)}/package.json`));
  return room === 'dashboard' ? { ...dependencies, ...devDependencies } : dependencies;
};
const declared = (room: string) =>
  Object.keys(dependenciesOf(room))
    .filter(name => name.startsWith('@ashiato/'))
    .map(name => name.slice('@ashiato/'.length));
/** What runs in production: no tests, and none of what only tests and benchmarks use. */
const sources = (room: string) =>
  globSync(`${folderOf(room)}/src/**/*.{ts,tsx}`, { cwd: root }).filter(
    path => !/\.(test|contract|testing|fixture)\.tsx?$|\/(testing|test-programs|test)\//.test(path),
  );
const imports = (text: string) =>
  [...text.matchAll(/(?:from|import)\s*\(?\s*'(@ashiato\/[^']+)'/g)].map(found => found[1]!);

describe('rooms', () => {
  it('are the ones on the map', () => {
    const rooms = globSync('{packages,services}/*/package.json', { cwd: root }).map(
      path => path.split('/')[1],
    );
    expect(rooms.sort()).toEqual([...PACKAGES, ...SERVICES].sort());
    expect(Object.keys(ARROWS).sort()).toEqual([...PACKAGES, ...SERVICES].sort());
  });

  it.each(Object.keys(ARROWS))('%s depends on nothing but what the map allows', room => {
    expect(declared(room).filter(other => !ARROWS[room]!.includes(other))).toEqual([]);
  });

  it.each(Object.keys(ARROWS))('%s imports what it declares, by the front door', room => {
    const allowed = new Set(declared(room).map(name => `@ashiato/${name}`));
    for (const path of sources(room)) {
      for (const name of imports(read(path))) {
        const door = SIDE_DOORS.includes(name) ? name.split('/').slice(0, 2).join('/') : name;
        expect(allowed, `${path} imports ${name}`).toContain(door);
      }
    }
  });

  it.each(Object.keys(ARROWS))('%s: tsconfig references and package.json agree', room => {
    const { references = [] } = JSON.parse(read(`${folderOf(room)}/tsconfig.json`)) as {
      references?: { path: string }[];
    };
    const referenced = references.map(({ path }) => path.split('/').at(-1)!.replace('local', 'infra-local'));
    for (const name of declared(room)) expect(referenced, `${room} → ${name}`).toContain(name);
  });

  it('reads the environment in one room only', () => {
    for (const room of Object.keys(ARROWS).filter(name => name !== 'runtime')) {
      for (const path of sources(room)) expect(read(path).includes('process.env'), path).toBe(false);
    }
  });

  it('names a Kafka library, a ClickHouse client and an S3 client in one room each', () => {
    const owners = {
      kafkajs: 'queue',
      '@clickhouse/client': 'warehouse',
      '@aws-sdk/client-s3': 'objects',
      chdb: 'clickhouse-embedded',
    };
    for (const [library, owner] of Object.entries(owners)) {
      for (const room of Object.keys(ARROWS).filter(name => name !== owner)) {
        const { dependencies = {} } = JSON.parse(read(`${folderOf(room)}/package.json`));
        expect(Object.keys(dependencies), `${room}`).not.toContain(library);
      }
    }
  });

  it('has a README in every room', () => {
    for (const room of Object.keys(ARROWS))
      expect(read(`${folderOf(room)}/README.md`).length).toBeGreaterThan(200);
  });
});
