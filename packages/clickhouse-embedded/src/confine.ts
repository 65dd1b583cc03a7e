// SPDX-License-Identifier: Apache-2.0
// What the kernel lets this process touch (Linux Landlock, https://docs.kernel.org/userspace-api/landlock.html).
// The engine is client and server in one and reads any path it is given, by functions and settings that no
// grant covers; so the grants in engine-config.ts are the first wall and this is the second.

import { closeSync, constants, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { setNoNewPrivileges, systemCall } from './libc.ts';

const LANDLOCK_CREATE_RULESET = 444;
const LANDLOCK_ADD_RULE = 445;
const LANDLOCK_RESTRICT_SELF = 446;
const RULE_PATH_BENEATH = 1;
const QUERY_VERSION = 1;
const O_PATH = 0x200000;

const EXECUTE = 1n << 0n;
const WRITE_FILE = 1n << 1n;
const READ_FILE = 1n << 2n;
const READ_DIR = 1n << 3n;
const TRUNCATE = 1n << 14n;
const CONNECT_TCP = 1n << 1n;

export interface Reach {
  /** Everything below may be read, written, made and removed. */
  own: readonly string[];
  /** Code and system facts: read and run. Paths that do not exist here are left out. */
  read: readonly string[];
  /** Devices and the like. */
  readWrite: readonly string[];
}

/**
 * Restricts the calling thread and whatever it starts or becomes (exec), for good: nothing but `reach`, and no
 * outgoing TCP. Threads that already exist stay free, so the caller MUST exec afterwards. False, with nothing
 * changed that matters, where the kernel offers no Landlock.
 */
export function confine(reach: Reach): boolean {
  if (process.platform !== 'linux') return false;
  const version = systemCall(LANDLOCK_CREATE_RULESET, 0, 0, QUERY_VERSION);
  if (version < 1) return false;
  const handled = handledRights(version);
  const ruleset = createRuleset(version, handled);
  if (ruleset < 0) return false;
  try {
    const allow = (paths: readonly string[], rights: bigint): boolean =>
      paths.every(path => addRule(ruleset, path, rights & handled));
    const added =
      allow(reach.own, handled) &&
      allow(reach.read, EXECUTE | READ_FILE | READ_DIR) &&
      allow(reach.readWrite, READ_FILE | READ_DIR | WRITE_FILE | TRUNCATE);
    return added && setNoNewPrivileges() && systemCall(LANDLOCK_RESTRICT_SELF, ruleset, 0) === 0;
  } finally {
    closeSync(ruleset);
  }
}

/** What Node, the engine's library and its view of the machine (memory, cores, cgroup) need to be read. */
export function systemPaths(): string[] {
  return [
    dirname(process.execPath),
    ...['/usr', '/lib', '/lib64', '/etc/ld.so.cache', '/etc/localtime', '/etc/ssl/openssl.cnf', '/sys'],
    ...['self', 'meminfo', 'stat', 'cpuinfo', 'loadavg', 'uptime', 'mounts', 'sys'].map(
      name => `/proc/${name}`,
    ),
  ];
}

function handledRights(version: number): bigint {
  const bits = version >= 5 ? 16n : version >= 3 ? 15n : version >= 2 ? 14n : 13n;
  return (1n << bits) - 1n;
}

function createRuleset(version: number, handled: bigint): number {
  const attributes = Buffer.alloc(version >= 4 ? 16 : 8);
  attributes.writeBigUInt64LE(handled, 0);
  if (version >= 4) attributes.writeBigUInt64LE(CONNECT_TCP, 8);
  return systemCall(LANDLOCK_CREATE_RULESET, attributes, attributes.length, 0);
}

function addRule(ruleset: number, path: string, rights: bigint): boolean {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (!stats) return true;
  const file = openSync(path, O_PATH | constants.O_RDONLY);
  try {
    const fileRights = EXECUTE | READ_FILE | WRITE_FILE | TRUNCATE;
    const rule = Buffer.alloc(12);
    rule.writeBigUInt64LE(stats.isDirectory() ? rights : rights & fileRights, 0);
    rule.writeInt32LE(file, 8);
    return systemCall(LANDLOCK_ADD_RULE, ruleset, RULE_PATH_BENEATH, rule, 0) === 0;
  } finally {
    closeSync(file);
  }
}
