// SPDX-License-Identifier: Apache-2.0
// The folder of a file queue: locked, opened on first use, kept in shape, closed.
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { QueueError, storageError } from '../errors.ts';
import type { Settings } from '../options.ts';
import { checkPartition } from '../publisher.ts';
import type { TopicSpec } from '../queue.ts';
import { type FolderLock, lockFolder } from './folder-lock.ts';
import type { PartitionLog } from './partition-log.ts';
import { createTopic, openTopics, type Topic } from './topic-folder.ts';

const EXPIRE_EVERY_MS = 60_000;

export interface QueueFolder {
  /** Takes the lock and opens every topic, once; a failed attempt may be repeated. */
  open(): Promise<void>;
  /** Makes the topic, or rejects with `TOPIC_MISMATCH` when it is there and otherwise. */
  ensureTopic(spec: TopicSpec): Promise<void>;
  topic(name: string): Promise<Topic>;
  log(topic: string, partition: number): Promise<PartitionLog>;
  close(): Promise<void>;
}

interface Opened {
  lock: FolderLock;
  topics: Map<string, Topic>;
  timer: NodeJS.Timeout;
}

export function createQueueFolder(dir: string, settings: Settings): QueueFolder {
  const root = join(dir, 'topics');
  const usage = { bytes: 0, maxBytes: settings.maxBytes };
  const logDeps = { usage, segmentBytes: settings.segmentBytes, now: Date.now };
  let opening: Promise<Opened> | undefined;
  let closed = false;

  function opened(): Promise<Opened> {
    if (closed) return Promise.reject(new QueueError('CLOSED', `the queue in ${dir} was closed`));
    opening ??= open().catch(cause => {
      opening = undefined;
      throw storageError(`opening ${dir}`, cause);
    });
    return opening;
  }

  async function open(): Promise<Opened> {
    await makeFolder(root);
    await makeFolder(join(dir, 'groups'));
    const lock = await lockFolder(dir);
    try {
      usage.bytes = 0;
      const topics = await openTopics(root, logDeps);
      await expire(topics);
      return { lock, topics, timer: setInterval(() => void expireOrReport(topics), EXPIRE_EVERY_MS).unref() };
    } catch (cause) {
      await lock.release();
      throw cause;
    }
  }

  async function expireOrReport(topics: Map<string, Topic>): Promise<void> {
    await expire(topics).catch(cause => {
      settings.report({ level: 'warn', text: storageError('removing expired messages', cause).message });
    });
  }

  async function topic(name: string): Promise<Topic> {
    const found = (await opened()).topics.get(name);
    if (found !== undefined) return found;
    throw new QueueError('TOPIC_MISSING', `topic ${name} does not exist; call ensureTopics first`);
  }

  return {
    async open() {
      await opened();
    },
    async ensureTopic(spec) {
      const { topics } = await opened();
      const found = topics.get(spec.topic);
      if (found === undefined)
        topics.set(spec.topic, await createTopic(root, spec, settings.retentionMs, logDeps));
      else verify(spec, found, settings.retentionMs);
    },
    topic,
    async log(name, partition) {
      const { logs } = await topic(name);
      checkPartition(name, partition, logs.length);
      return logs[partition]!;
    },
    async close() {
      closed = true;
      const state = await opening?.catch(() => undefined);
      if (state === undefined) return;
      clearInterval(state.timer);
      for (const { logs } of state.topics.values()) for (const log of logs) await log.close();
      await state.lock.release();
    },
  };
}

/** One by one: mkdir's own recursion says ENOENT of a disk that is read-only. */
async function makeFolder(path: string): Promise<void> {
  const made = (): Promise<string> =>
    mkdir(path).then(
      () => 'made',
      (cause: NodeJS.ErrnoException) => {
        if (cause.code === 'EEXIST' || cause.code === 'ENOENT') return cause.code;
        throw cause;
      },
    );
  if ((await made()) !== 'ENOENT') return;
  await makeFolder(dirname(path));
  if ((await made()) === 'ENOENT') throw new Error(`${path} cannot be made: its parent vanished`);
}

async function expire(topics: Map<string, Topic>): Promise<void> {
  for (const { logs, settings } of topics.values()) {
    for (const log of logs) await log.expire(Date.now() - settings.retention_ms);
  }
}

function verify(spec: TopicSpec, { settings: found }: Topic, retentionMs: number): void {
  const differences: string[] = [];
  if (found.partitions !== spec.partitions) {
    differences.push(`partitions is ${found.partitions}, expected ${spec.partitions}`);
  }
  if (found.retention_ms !== retentionMs) {
    differences.push(`retention_ms is ${found.retention_ms}, expected ${retentionMs}`);
  }
  if (differences.length === 0) return;
  throw new QueueError(
    'TOPIC_MISMATCH',
    `topic ${spec.topic}: ${differences.join('; ')}; use a new name, or the settings it has`,
  );
}
