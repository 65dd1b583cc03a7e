// SPDX-License-Identifier: Apache-2.0
// One live process per folder. The owner listens on a socket in the folder: whether someone answers is what the kernel
// knows, so a dead owner is dead at once however it ended, whoever has its process id now. A socket with a path
// is one for every container that shares the folder on one machine; other machines cannot ask, so network file
// systems are refused. It needs nothing but Node 20 (node:sqlite needs 22, flock(2) an addon).
import { createHash, randomUUID } from 'node:crypto';
import {
  closeSync,
  linkSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { rm } from 'node:fs/promises';
import { createConnection, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { QueueError, storageError } from '../errors.ts';

export interface FolderLock {
  release(): Promise<void>;
}

/** Takes the folder or rejects with `LOCKED`, naming the process that holds it. */
export async function lockFolder(dir: string): Promise<FolderLock> {
  refuseNetwork(dir);
  // Nobody is kept from ending by it, and what comes to ask needs no answer but the connection.
  const server = createServer(asked => asked.destroy()).unref();
  try {
    if (process.platform === 'win32') await listen(server, pipeOf(dir));
    else await claim(dir, server);
    writeFileSync(join(dir, 'owner'), `${process.pid}\n`);
  } catch (cause) {
    await close(server);
    if (cause instanceof QueueError) throw cause;
    if (codeOf(cause) === 'EADDRINUSE') throw locked(dir);
    throw storageError(`locking ${dir} with a socket in it`, cause);
  }
  // What stays is a socket that nobody answers: numbers only grow, see below.
  return { release: () => close(server) };
}

/**
 * Owners are numbered: who makes the greatest `lock.<n>` owns the folder. To take over from a dead n is to make n + 1,
 * which only one can. A late one may still make a number that was removed meanwhile: it finds a greater one and
 * withdraws. Numbers never start again, else such a late one could be the greatest beside a later owner.
 */
async function claim(dir: string, server: Server): Promise<void> {
  const mine = `claim.${randomUUID().slice(0, 13)}`;
  await at(dir, mine, path => listen(server, path));
  try {
    for (;;) {
      const newest = locksIn(dir).at(-1) ?? 0;
      if (newest > 0 && (await at(dir, lockName(newest), isAnswered))) throw locked(dir);
      // By link, so that under this name nothing is ever seen that does not answer yet.
      if (!linkNew(join(dir, mine), join(dir, lockName(newest + 1)))) continue;
      const all = locksIn(dir);
      const older = all.at(-1) === newest + 1 ? all.slice(0, -1) : [newest + 1];
      await Promise.all(older.map(number => rm(join(dir, lockName(number)), { force: true })));
      if (all.at(-1) === newest + 1) return;
    }
  } finally {
    await rm(join(dir, mine), { force: true });
  }
}

const lockName = (number: number) => `lock.${number}`;

const locksIn = (dir: string): number[] =>
  readdirSync(dir)
    .map(name => Number(/^lock\.(\d{1,15})$/.exec(name)?.[1] ?? Number.NaN))
    .filter(number => !Number.isNaN(number))
    .sort((a, b) => a - b);

function linkNew(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (cause) {
    if (codeOf(cause) === 'EEXIST') return false;
    throw cause;
  }
}

/** A socket's path has at most 107 bytes; on Linux any folder is near by its descriptor. */
async function at<T>(dir: string, name: string, use: (path: string) => Promise<T>): Promise<T> {
  if (process.platform !== 'linux') return use(join(dir, name));
  const descriptor = openSync(dir, 'r');
  try {
    return await use(`/proc/self/fd/${descriptor}/${name}`);
  } finally {
    closeSync(descriptor);
  }
}

/** `exclusive`: a cluster's worker listens itself, not its primary for it. */
const listen = (server: Server, path: string) =>
  new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ path, exclusive: true }, resolve);
  });

const close = (server: Server) => new Promise<void>(resolve => server.close(() => resolve()));

/** Only a refusal means that nobody is there: a full backlog or a lack of rights is someone. */
const isAnswered = (path: string) =>
  new Promise<boolean>(resolve => {
    const asking = createConnection(path);
    asking.once('connect', () => {
      asking.destroy();
      resolve(true);
    });
    asking.once('error', cause => resolve(!['ECONNREFUSED', 'ENOENT'].includes(codeOf(cause) ?? '')));
  });

/** Windows: a pipe's name belongs to one process while it lives. */
const pipeOf = (dir: string) =>
  `\\\\.\\pipe\\ashiato-${createHash('sha256').update(realpathSync(dir).toLowerCase()).digest('hex')}`;

/** Magic numbers of statfs(2): NFS, SMB of three ages, Ceph. */
const NETWORK = new Set([0x6969, 0x517b, 0xff534d42, 0xfe534d42, 0x00c36400]);

function refuseNetwork(dir: string): void {
  if (process.platform !== 'linux' || !NETWORK.has(statfsSync(dir).type >>> 0)) return;
  throw new QueueError(
    'STORAGE_FAILED',
    `${dir} lies on a network file system, where a lock cannot be trusted; use a folder on a local disk`,
  );
}

const codeOf = (cause: unknown): string | undefined =>
  cause instanceof Error && 'code' in cause ? String(cause.code) : undefined;

function locked(dir: string): QueueError {
  let holder = 'unknown';
  try {
    holder = readFileSync(join(dir, 'owner'), 'utf8').trim();
  } catch {
    // The holder may be between taking the lock and writing its name: the refusal stands without it.
  }
  return new QueueError('LOCKED', `${dir} is in use by process ${holder}; stop it, or use another folder`);
}
