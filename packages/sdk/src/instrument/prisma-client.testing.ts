// SPDX-License-Identifier: Apache-2.0
// A Prisma client as `prisma generate` makes it, without the thousand lines of types: prisma-client.gen.json is the
// configuration that Prisma 7.10.0 wrote for the schema in it (`inlineSchema`), unchanged.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PrismaPg } from '@prisma/adapter-pg';
import { type GetPrismaClientConfig, getPrismaClient } from '@prisma/client/runtime/client';
import type pg from 'pg';

/** Prisma's own query compiler, from the package; it comes without types. */
const COMPILER = '@prisma/client/runtime/query_compiler_fast_bg.postgresql';

const config: GetPrismaClientConfig = {
  ...(JSON.parse(readFileSync(join(import.meta.dirname, 'prisma-client.gen.json'), 'utf8')) as object as Omit<
    GetPrismaClientConfig,
    'compilerWasm'
  >),
  compilerWasm: {
    getRuntime: () => import(`${COMPILER}.mjs`),
    async getQueryCompilerWasmModule() {
      const { wasm } = (await import(`${COMPILER}.wasm-base64.mjs`)) as { wasm: string };
      // The types of WebAssembly come with those of a browser.
      const { Module } = Reflect.get(globalThis, 'WebAssembly') as { Module: new (bytes: Buffer) => object };
      return new Module(Buffer.from(wasm, 'base64'));
    },
    importName: './query_compiler_fast_bg.js',
  },
};

type Rows = (args?: object) => Promise<Record<string, unknown>[]>;
type Row = (args?: object) => Promise<Record<string, unknown>>;

interface Delegate {
  findMany: Rows;
  findUnique: Row;
  update: Row;
  updateMany: Row;
  groupBy: Rows;
  aggregate: Row;
  count(args?: object): Promise<number>;
}

/** What the tests call of a generated client. */
export interface TestClient {
  customer: Delegate;
  contract: Delegate;
  $extends(extension: unknown): TestClient;
  $transaction<T>(work: (tx: TestClient) => Promise<T>): Promise<T>;
  $queryRawUnsafe(text: string): Promise<unknown>;
  $executeRawUnsafe(text: string): Promise<number>;
}

export function prismaClient(pool: pg.Pool): TestClient {
  const Client = getPrismaClient(config) as unknown as new (options: object) => TestClient;
  return new Client({ adapter: new PrismaPg(pool) });
}
