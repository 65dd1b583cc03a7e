// SPDX-License-Identifier: Apache-2.0
// Which trail a command speaks to: the one named by --data-dir, else a running stack here, else the data folder
// of the environment. Commands that need the engines find them the same way, also when nothing runs.
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { startClickHouse } from '@ashiato/clickhouse-embedded';
import { createLedger, type Ledger } from '@ashiato/ledger';
import { createLog, type Log } from '@ashiato/ledger/log';
import { type ObjectStore, openObjectStore } from '@ashiato/objects';
import {
  type Deployment,
  type Engines,
  engineKeys,
  enginesOf,
  findDeployment,
  loadConfig,
} from '@ashiato/runtime';
import { openWarehouse, type Warehouse } from '@ashiato/warehouse';
import type { Command } from 'commander';
import { z } from 'zod';
import { cannotRun } from './exit.ts';
import { say } from './output.ts';

export const STACK_DIR = './ashiato-stack';
const config = () => loadConfig(z.strictObject(engineKeys));

export interface Where {
  dataDir?: string;
  api?: string;
  tokenFile?: string;
}

/** Adds the options by which a command is told where the trail is. */
export const withWhere = (command: Command): Command =>
  command
    .option(
      '--data-dir <dir>',
      'data folder of the trail (default: a running stack here, else ASHIATO_DATA_DIR)',
    )
    .option('--api <url>', 'address of an api elsewhere; needs --token-file')
    .option('--token-file <file>', 'file with an access token');

/** The data folder meant, and the trail running there, if any. */
export function findTrail(where: Where): { dir: string; running: Deployment | undefined } {
  if (where.dataDir) return { dir: resolve(where.dataDir), running: findDeployment(where.dataDir) };
  const stack = findDeployment(STACK_DIR);
  if (stack) return { dir: resolve(STACK_DIR), running: stack };
  const dir = config().ASHIATO_DATA_DIR;
  return { dir, running: findDeployment(dir) };
}

/** Sends one request to the api or the intake with the token of `role`. Answers that are no success end the command. */
export async function callTrail(
  where: Where,
  role: 'investigator' | 'emitter' | 'viewer' | 'admin',
  service: 'api' | 'intake',
  path: string,
  init: RequestInit = {},
): Promise<Response> {
  const { dir, running } = findTrail(where);
  const base = where.api ?? running?.[service];
  if (!base) {
    throw cannotRun(
      `no trail is running in ${dir}: start one with "npm start" or "ashiato stack up", or name one with --api`,
    );
  }
  const token = readToken(where.tokenFile ?? join(running?.tokens ?? join(dir, 'tokens'), role));
  try {
    return await fetch(new URL(path, base), {
      ...init,
      headers: { ...init.headers, authorization: `Bearer ${token}` },
    });
  } catch (cause) {
    throw cannotRun(`${base} does not answer; is the trail still running?`, cause);
  }
}

function readToken(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (cause) {
    throw cannotRun(`no access token in ${path}; the first start makes one for each role`, cause);
  }
}

export interface OpenStore {
  /** Address of the object store. */
  url: string;
  objects: ObjectStore;
  ledger: Ledger;
  log: Log;
  close(): Promise<void>;
}

export interface OpenEngines extends Omit<OpenStore, 'url'> {
  warehouse: Warehouse;
  queue: string;
}

function enginesAt(where: Where): Engines {
  const { dir, running } = findTrail(where);
  const engines: Engines = running ?? { ...enginesOf({ ...config(), ASHIATO_DATA_DIR: dir }) };
  const { url } = engines.objects;
  if (url.startsWith('file:') && !existsSync(url.slice('file:'.length)))
    throw cannotRun(`there is no trail in ${dir}: ${url.slice('file:'.length)} does not exist`);
  return engines;
}

/** Opens the object store of a trail and nothing else, so no database is started. */
export function openStore(where: Where): OpenStore {
  const { url, options } = enginesAt(where).objects;
  const objects = openObjectStore(url, options);
  return {
    url,
    objects,
    ledger: createLedger({ objects }),
    log: createLog({ objects }),
    close: () => objects.close(),
  };
}

/** Opens the engines of a trail directly; an embedded ClickHouse that nobody runs is started for as long as it takes. */
export async function openEngines(where: Where): Promise<OpenEngines> {
  const engines = enginesAt(where);
  const objects = openObjectStore(engines.objects.url, engines.objects.options);
  const started = engines.clickhouse.url.startsWith('file:')
    ? await startHere(engines.clickhouse.url)
    : undefined;
  const warehouse = openWarehouse(started ?? engines.clickhouse);
  return {
    objects,
    ledger: createLedger({ objects }),
    log: createLog({ objects }),
    warehouse,
    queue: engines.queue,
    async close() {
      await warehouse.close();
      await started?.stop();
      await objects.close();
    },
  };
}

async function startHere(url: string) {
  const dir = url.slice('file:'.length);
  mkdirSync(dir, { recursive: true });
  say('the embedded ClickHouse is not running; starting it for this command');
  const password = crypto.randomUUID();
  const started = await startClickHouse({ dir, password });
  return { url: started.url, username: 'default', password, stop: () => started.stop() };
}
