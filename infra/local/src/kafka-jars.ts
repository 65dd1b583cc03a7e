// SPDX-License-Identifier: Apache-2.0
// Apache Kafka's jars, from Maven at pinned versions, kept in this checkout's node_modules/.cache.
import { spawn } from 'node:child_process';
import { hash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export const KAFKA_VERSION = '4.4.0';
const LOG4J_VERSION = '2.25.5';

const POM = `<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>io.ashiato</groupId><artifactId>kafka-jars</artifactId><version>1</version>
  <dependencies>
    <dependency>
      <groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>${KAFKA_VERSION}</version>
    </dependency>
    <dependency>
      <groupId>org.apache.logging.log4j</groupId><artifactId>log4j-slf4j-impl</artifactId><version>${LOG4J_VERSION}</version>
    </dependency>
  </dependencies>
</project>
`;

const cache = join(import.meta.dirname, '..', '..', '..', 'node_modules', '.cache', 'ashiato');

/** The folder of Kafka's jars; fetched on first use, by one process at a time. Needs Java, and Maven on first use. */
export async function kafkaJars(): Promise<string> {
  await requireCommand(
    'java',
    '-version',
    'Java 17 or newer (Debian: apt-get install openjdk-17-jre-headless)',
  );
  // Named after what it holds, so that a changed list is fetched anew.
  const home = join(cache, `kafka-${KAFKA_VERSION}-${hash('sha256', POM).slice(0, 8)}`);
  if (existsSync(home)) return home;
  await requireCommand('mvn', '-v', 'Maven (Debian: apt-get install maven)');
  await mkdir(cache, { recursive: true });
  return withLock(`${home}.lock`, async () => {
    if (!existsSync(home)) await fetchJars(home);
    return home;
  });
}

async function fetchJars(home: string): Promise<void> {
  const work = await mkdtemp(`${home}.making-`);
  try {
    await writeFile(join(work, 'pom.xml'), POM);
    await run('mvn', ['-q', '-B', 'dependency:copy-dependencies', '-DoutputDirectory=lib'], work);
    // Appears whole or not at all.
    await rename(join(work, 'lib'), home);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function requireCommand(name: string, version: string, install: string): Promise<void> {
  try {
    await run(name, [version]);
  } catch (cause) {
    throw new Error(`${name} does not run here; install ${install}`, { cause });
  }
}

/** Runs a program to its end; rejects with what it said when it fails. */
export async function run(program: string, args: string[], cwd?: string): Promise<string> {
  const child = spawn(program, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', text => {
      said += text;
    });
  }
  const code = await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve));
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${code}: ${said.slice(-2000)}`);
  return said;
}

/** A folder is the lock, its file names the holder: one that died is replaced. */
async function withLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      await mkdir(path);
      break;
    } catch (cause) {
      if (!(cause instanceof Error && 'code' in cause && cause.code === 'EEXIST')) throw cause;
      if (await holderIsGone(path)) await rm(path, { recursive: true, force: true });
      else await sleep(500);
    }
  }
  try {
    await writeFile(join(path, 'pid'), String(process.pid));
    return await work();
  } finally {
    await rm(path, { recursive: true, force: true });
  }
}

async function holderIsGone(path: string): Promise<boolean> {
  const pid = Number(await readFile(join(path, 'pid'), 'utf8').catch(() => '0'));
  // No name yet: its holder is about to write it.
  if (pid === 0) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch {
    return true;
  }
}
