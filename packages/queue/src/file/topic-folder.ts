// SPDX-License-Identifier: Apache-2.0
// A topic on disk: its declared settings beside its partitions.
import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { QueueError } from '../errors.ts';
import type { TopicSpec } from '../queue.ts';
import { syncFolder } from './log-files.ts';
import { openPartitionLog, type PartitionLog } from './partition-log.ts';

type LogDeps = Omit<Parameters<typeof openPartitionLog>[0], 'dir'>;

interface TopicSettings {
  partitions: number;
  retention_ms: number;
}

export interface Topic {
  settings: TopicSettings;
  logs: PartitionLog[];
}

const NAME = /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,249}$/;

/** Where a queue's folder has a topic, and a topic's folder a partition. */
export const topicDir = (queueDir: string, topic: string): string => join(queueDir, 'topics', topic);
export const partitionDir = (dir: string, partition: number): string =>
  join(dir, String(partition).padStart(5, '0'));

/** Opens every topic under `root`. */
export async function openTopics(root: string, deps: LogDeps): Promise<Map<string, Topic>> {
  const topics = new Map<string, Topic>();
  for (const name of (await readdir(root)).sort()) {
    const settings = await readSettings(join(root, name));
    // No settings file: died while making the topic, before anyone could publish to it.
    if (settings !== undefined) topics.set(name, await openTopic(join(root, name), settings, deps));
  }
  return topics;
}

/** Makes a topic; durable when this resolves. */
export async function createTopic(
  root: string,
  spec: TopicSpec,
  retentionMs: number,
  deps: LogDeps,
): Promise<Topic> {
  const dir = join(root, checkedName(spec.topic));
  const settings = { partitions: spec.partitions, retention_ms: retentionMs };
  if (!Number.isInteger(spec.partitions) || spec.partitions < 1) {
    throw new QueueError(
      'TOPIC_MISMATCH',
      `topic ${spec.topic}: expected 1 or more partitions, got ${spec.partitions}`,
    );
  }
  await mkdir(dir, { recursive: true });
  const topic = await openTopic(dir, settings, deps);
  await replaceFile(join(dir, 'topic.json'), `${JSON.stringify(settings)}\n`);
  await syncFolder(root);
  return topic;
}

async function openTopic(dir: string, settings: TopicSettings, deps: LogDeps): Promise<Topic> {
  const logs: PartitionLog[] = [];
  for (let partition = 0; partition < settings.partitions; partition++) {
    logs.push(await openPartitionLog({ ...deps, dir: partitionDir(dir, partition) }));
  }
  return { settings, logs };
}

async function readSettings(dir: string): Promise<TopicSettings | undefined> {
  try {
    return JSON.parse(await readFile(join(dir, 'topic.json'), 'utf8'));
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw new QueueError('STORAGE_DAMAGED', `${join(dir, 'topic.json')} cannot be read; restore it`, {
      cause,
    });
  }
}

/** Replaces a small file whole, durably: readers see the old bytes or the new ones. */
export async function replaceFile(path: string, text: string): Promise<void> {
  const beside = `${path}.${randomUUID()}`;
  const handle = await open(beside, 'wx');
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(beside, path);
  await syncFolder(dirname(path));
}

/** Names become folder names: only what Kafka allows too. */
export function checkedName(name: string): string {
  if (NAME.test(name)) return name;
  throw new QueueError(
    'ADDRESS',
    `a topic or group name holds 1 to 249 of A-Z a-z 0-9 . _ -, got ${name.length} characters`,
  );
}
