// SPDX-License-Identifier: Apache-2.0
// The three engines of an all-in-one: embedded in the data folder unless an address says otherwise.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type ClickHouse, startClickHouse } from '@ashiato/clickhouse-embedded';
import { ensureBucket, type ObjectStore, openObjectStore } from '@ashiato/objects';
import { openQueue, type Queue } from '@ashiato/queue';
import { type Engines, enginesOf, keptSecret, type Logger, type Part } from '@ashiato/runtime';
import { openWarehouse, type Warehouse } from '@ashiato/warehouse';

export interface StandaloneEngines {
  queue: Queue;
  objects: ObjectStore;
  warehouse: Warehouse;
  /** Addresses in force, with those of what was started here. */
  places: Engines;
  /** Closes them, in order of opening. */
  parts: Part[];
}

export async function openEngines(
  config: Parameters<typeof enginesOf>[0],
  logger: Logger,
): Promise<StandaloneEngines> {
  const dir = config.ASHIATO_DATA_DIR;
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const engines = enginesOf(config);
  await ensureBucket(engines.objects.url, engines.objects.options);
  const objects = openObjectStore(engines.objects.url, engines.objects.options);
  const queue = openQueue(engines.queue, { report: ({ level, text }) => logger[level](text) });
  await queue.ping(); // takes the folder's lock: a second trail on it is refused before anything else is touched
  const started = await clickhouseIn(engines.clickhouse.url, dir, logger);
  const clickhouse = started?.place ?? engines.clickhouse;
  const warehouse = openWarehouse(clickhouse);
  return {
    queue,
    objects,
    warehouse,
    places: { ...engines, clickhouse },
    parts: [
      { name: 'objects', close: () => objects.close() },
      { name: 'queue', close: () => queue.close() },
      ...(started ? [{ name: 'clickhouse engine', close: () => started.engine.stop() }] : []),
      { name: 'clickhouse', close: () => warehouse.close() },
    ],
  };
}

async function clickhouseIn(
  url: string,
  dir: string,
  logger: Logger,
): Promise<{ engine: ClickHouse; place: Engines['clickhouse'] } | undefined> {
  if (!url.startsWith('file:')) return undefined;
  const password = keptSecret(join(dir, 'keys', 'clickhouse-password'));
  const log = (line: string) => logger.info({ engine: 'clickhouse' }, line);
  const engine = await startClickHouse({ dir: url.slice('file:'.length), password, log });
  return { engine, place: { url: engine.url, username: 'default', password } };
}
