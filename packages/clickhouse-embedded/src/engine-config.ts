// SPDX-License-Identifier: Apache-2.0
// The engine's own configuration files, written anew at each start.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const MEBIBYTE = 1024 * 1024;

// What a client may do. Everything not named is refused by the engine itself with ACCESS_DENIED (497):
// no READ/WRITE ON FILE, URL, REMOTE, S3 …, no SYSTEM, no BACKUP, no access management, no dictionaries
// (their sources reach files and the network without a grant of their own).
const GRANTS = [
  'SHOW, SELECT, INSERT, ALTER, TRUNCATE, OPTIMIZE, CHECK, KILL QUERY ON *.*',
  'CREATE DATABASE, CREATE TABLE, CREATE VIEW, CREATE TEMPORARY TABLE, CREATE FUNCTION ON *.*',
  'DROP DATABASE, DROP TABLE, DROP VIEW, DROP FUNCTION, UNDROP TABLE ON *.*',
  'SYSTEM MERGES, SYSTEM SYNC REPLICA, SYSTEM DROP CACHE, SYSTEM WAIT LOADING PARTS ON *.*',
];

const MERGE_TREES = [
  '',
  'Summing',
  'Replacing',
  'Aggregating',
  'Collapsing',
  'VersionedCollapsing',
  'Graphite',
];
const TABLE_ENGINES = [
  ...MERGE_TREES.map(kind => `${kind}MergeTree`),
  ...[
    'CoalescingMergeTree',
    'Memory',
    'Null',
    'Log',
    'TinyLog',
    'StripeLog',
    'Set',
    'Join',
    'Buffer',
    'Merge',
  ],
  ...['View', 'MaterializedView', 'GenerateRandom', 'Atomic'],
];

export interface EngineFolders {
  /** Tables. */
  store: string;
  /** Working directory of the process: empty, since the engine reads ./config.xml. */
  work: string;
  configFile: string;
  usersFile: string;
}

/** Makes the folders and writes both files; `dir` is owned by this process by then. */
export function writeEngineConfig(dir: string, memoryLimitBytes: number): EngineFolders {
  const folders = {
    store: join(dir, 'store'),
    work: join(dir, 'work'),
    configFile: join(dir, 'config', 'config.xml'),
    usersFile: join(dir, 'config', 'users.xml'),
  };
  for (const folder of [folders.store, folders.work, join(dir, 'config')]) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }
  writeFileSync(folders.configFile, configXml(memoryLimitBytes), { mode: 0o600 });
  writeFileSync(folders.usersFile, usersXml(), { mode: 0o600 });
  return folders;
}

function configXml(memoryLimitBytes: number): string {
  // The caches count inside the limit; a tenth of it for marks is plenty at the sizes one machine holds.
  const markCache = Math.min(512 * MEBIBYTE, Math.floor(memoryLimitBytes / 10));
  return `<clickhouse>
  <max_server_memory_usage>${memoryLimitBytes}</max_server_memory_usage>
  <max_server_memory_usage_to_ram_ratio>0.9</max_server_memory_usage_to_ram_ratio>
  <mark_cache_size>${markCache}</mark_cache_size>
  <index_mark_cache_size>${Math.floor(markCache / 8)}</index_mark_cache_size>
  <uncompressed_cache_size>0</uncompressed_cache_size>
</clickhouse>
`;
}

// chDB signs every connection in as "default" without a password; the front checks the caller's instead.
function usersXml(): string {
  const grants = [...GRANTS.map(grant => `GRANT ${grant}`), ...TABLE_ENGINES.map(tableEngineGrant)];
  return `<clickhouse>
  <profiles><default></default></profiles>
  <users><default>
    <password></password>
    <networks><ip>::/0</ip></networks>
    <profile>default</profile>
    <quota>default</quota>
    <grants>
${grants.map(grant => `      <query>${grant}</query>`).join('\n')}
    </grants>
  </default></users>
  <quotas><default></default></quotas>
</clickhouse>
`;
}

function tableEngineGrant(engine: string): string {
  return `GRANT TABLE ENGINE ON ${engine}`;
}
