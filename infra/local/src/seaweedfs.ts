// SPDX-License-Identifier: Apache-2.0
// A real S3 server with Object Lock on this machine, without Docker: SeaweedFS in one process.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { prepareSeaweedFolder, type S3Credentials, type SeaweedFolder } from './seaweedfs-folder.ts';
import { installSeaweedfs } from './seaweedfs-install.ts';

const READY_MS = 60_000;
const STOP_MS = 10_000;

export interface LocalS3 extends S3Credentials {
  /** `http://127.0.0.1:<port>`; the same at the next start unless something else took the port meanwhile. */
  endpoint: string;
  region: string;
  /** A second identity, without the right to make buckets and subject to the bucket's policy. */
  writer: S3Credentials;
  pid: number;
  /** Ends the server and resolves when it is gone. The data stays. */
  stop(): Promise<void>;
}

/**
 * Starts an S3 server on 127.0.0.1 and resolves when it answers an authenticated request. All it keeps lies in
 * `dir`: data, credentials (0600), ports, and its own words in `seaweedfs.log`. One server per `dir` at a time.
 * With `lifetime: 'caller'` (the default) it ends when this process does, even by kill -9; with `'own'` it goes
 * on until somebody ends its pid.
 *
 * @throws Error when Python's pip is missing, or when the server ends or stays silent for 60 s.
 */
export async function startS3(settings: {
  dir: string;
  port?: number;
  lifetime?: 'caller' | 'own';
}): Promise<LocalS3> {
  const program = await installSeaweedfs();
  const folder = await prepareSeaweedFolder(resolve(settings.dir), settings.port);
  const server = await launch(program, folder, settings.lifetime ?? 'caller');
  const endpoint = `http://127.0.0.1:${folder.ports.s3}`;
  const stop = () => end(server);
  try {
    await untilReady(endpoint, folder, server);
  } catch (error) {
    await stop();
    throw error;
  }
  return { endpoint, region: 'us-east-1', ...folder.admin, writer: folder.writer, pid: server.pid, stop };
}

interface Server {
  child: ChildProcess;
  pid: number;
  ended: Promise<void>;
}

async function launch(program: string, folder: SeaweedFolder, lifetime: 'caller' | 'own'): Promise<Server> {
  const said = await open(folder.said, 'a');
  const child = spawn(program, args(folder), {
    env: { HOME: folder.home }, // where it looks for .seaweedfs/security.toml
    stdio: ['ignore', said.fd, said.fd],
    detached: true, // Ctrl-C in a terminal reaches us, and we stop the server in our order
  });
  const ended = once(child, 'exit').then(() => {});
  await once(child, 'spawn').finally(() => said.close());
  child.unref();
  if (lifetime === 'caller') guard(child);
  return { child, pid: child.pid!, ended };
}

/** Ends the server when this process dies without doing so: the pipe to the guard closes even on kill -9. */
function guard(server: ChildProcess): void {
  const guarding = spawn('sh', ['-c', 'cat >/dev/null; kill -9 "$1"', 'sh', String(server.pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  guarding.unref();
  // Once the server is gone its pid may become somebody else's, so its guard goes first.
  server.once('exit', () => {
    guarding.kill('SIGKILL');
    guarding.stdin.destroy();
  });
}

function args({ data, identities, ports }: SeaweedFolder): string[] {
  return [
    'mini',
    `-dir=${data}`,
    '-ip=127.0.0.1',
    '-ip.bind=127.0.0.1',
    '-master.telemetry=false',
    '-admin.ui=false',
    '-webdav=false',
    '-volume.preStopSeconds=0',
    `-s3.config=${identities}`,
    '-s3.autoCreateBucket=false', // else a put into a misspelt bucket makes one without Object Lock
    `-s3.port=${ports.s3}`,
    `-filer.port=${ports.filer}`,
    `-master.port=${ports.master}`,
    `-volume.port=${ports.volume}`,
    `-admin.port=${ports.admin}`,
    '-s3.port.iceberg=0',
    '-s3.port.lance=0',
  ];
}

async function untilReady(endpoint: string, folder: SeaweedFolder, server: Server): Promise<void> {
  const { accessKeyId, secretAccessKey } = folder.admin;
  const client = new S3Client({
    endpoint,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId, secretAccessKey },
    maxAttempts: 1,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
  });
  const deadline = Date.now() + READY_MS;
  try {
    for (;;) {
      const problem = await client.send(new ListBucketsCommand()).then(() => undefined, String);
      if (problem === undefined) return;
      const { exitCode, signalCode } = server.child;
      if (exitCode !== null || signalCode !== null || Date.now() > deadline) {
        throw new Error(`the local S3 server did not start: ${problem}\n${await lastWords(folder)}`);
      }
      await pause(100);
    }
  } finally {
    client.destroy();
  }
}

async function lastWords({ said }: SeaweedFolder): Promise<string> {
  const text = await readFile(said, 'utf8');
  return `${said} ends with:\n${text.split('\n').slice(-20).join('\n')}`;
}

async function end({ child, ended }: Server): Promise<void> {
  child.ref();
  child.kill('SIGTERM');
  const slow = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await ended;
  clearTimeout(slow);
}
