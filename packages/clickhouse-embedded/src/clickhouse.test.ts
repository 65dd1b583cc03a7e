// SPDX-License-Identifier: Apache-2.0
// The contract on the embedded front always, and on a real server where one is to be had.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clickhouseForTests } from '@ashiato/infra-local';
import { afterAll, beforeAll } from 'vitest';
import { clickHouseContract } from './clickhouse.contract.ts';
import { type ClickHouse, startClickHouse } from './start-clickhouse.ts';

const dir = mkdtempSync(join(tmpdir(), 'ashiato-clickhouse-'));
const password = 'a password';
const lines: string[] = [];
let clickhouse: ClickHouse;

beforeAll(async () => {
  clickhouse = await startClickHouse({
    dir,
    password,
    memoryLimitBytes: 2 ** 31,
    log: line => lines.push(line),
  });
});
afterAll(async () => {
  await clickhouse.stop();
  rmSync(dir, { recursive: true, force: true });
});

clickHouseContract({
  name: 'embedded',
  kind: 'embedded',
  connection: () => ({ url: clickhouse.url, user: 'default', password }),
});

const server = await clickhouseForTests();
if (server) {
  afterAll(() => server.stop());
  const { url, username: user, password: secret } = server;
  clickHouseContract({ name: 'server', kind: 'server', connection: () => ({ url, user, password: secret }) });
}
