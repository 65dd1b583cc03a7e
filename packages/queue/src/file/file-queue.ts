// SPDX-License-Identifier: Apache-2.0
// The queue over files of one folder, for one process.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { QueueError, storageError } from '../errors.ts';
import { type QueueOptions, type Settings, withDefaults } from '../options.ts';
import type { Message, Queue, Subscription, TopicSpec } from '../queue.ts';
import { createFilePublisher } from './file-publisher.ts';
import { type FolderLock, lockFolder } from './folder-lock.ts';
import { followTopics } from './follow-topics.ts';
import type { Usage } from './log-writer.ts';
import {
  checkedName,
  createTopic,
  openTopics,
  partitionLog,
  replaceFile,
  type Topic,
} from './topic-folder.ts';

const EXPIRE_EVERY_MS = 60_000;

/** A queue over files; it also serves as a spool: append, read on, forget what was acknowledged. */
export interface FileQueue extends Queue {
  /**
   * Forgets whole files that hold nothing at or after `before`, and resolves with the oldest offset still
   * held, which may be lower than `before`.
   */
  trim(topic: string, partition: number, before: number): Promise<number>;
}

interface Opened {
  lock: FolderLock;
  topics: Map<string, Topic>;
}

/**
 * The queue in folder `dir`, made when absent. No I/O before the first call; the first call takes the
 * folder's lock and rejects with `LOCKED` while another live process, or queue of this one, has it.
 */
export function openFileQueue(dir: string, options: QueueOptions = {}): FileQueue {
  const settings = withDefaults(options);
  const usage: Usage = { bytes: 0, maxBytes: settings.maxBytes };
  const logDeps = { usage, segmentBytes: settings.segmentBytes, now: Date.now };
  const groups = new Set<string>();
  const followers = new Set<Promise<void>>();
  const ending = new AbortController();
  let opening: Promise<Opened> | undefined;
  let closed = false;
  let timer: NodeJS.Timeout | undefined;
  let creating: Promise<void> = Promise.resolve();

  function opened(): Promise<Opened> {
    if (closed) return Promise.reject(new QueueError('CLOSED', `the queue in ${dir} was closed`));
    opening ??= open().catch(cause => {
      opening = undefined;
      throw cause;
    });
    return opening;
  }

  async function open(): Promise<Opened> {
    await mkdir(join(dir, 'topics'), { recursive: true }).catch(cause => {
      throw storageError(`making ${dir}`, cause);
    });
    await mkdir(join(dir, 'groups'), { recursive: true });
    const lock = lockFolder(dir);
    try {
      usage.bytes = 0;
      const topics = await openTopics(join(dir, 'topics'), logDeps);
      await expire(topics);
      timer = setInterval(() => void expireLater(topics), EXPIRE_EVERY_MS).unref();
      return { lock, topics };
    } catch (cause) {
      lock.release();
      throw storageError(`opening ${dir}`, cause);
    }
  }

  async function expire(topics: Map<string, Topic>): Promise<void> {
    for (const topic of topics.values()) {
      for (const log of topic.logs) await log.expire(Date.now() - topic.settings.retention_ms);
    }
  }

  async function expireLater(topics: Map<string, Topic>): Promise<void> {
    await expire(topics).catch(cause => {
      settings.report({ level: 'warn', text: storageError('removing expired messages', cause).message });
    });
  }

  async function topicNamed(name: string): Promise<Topic> {
    const topic = (await opened()).topics.get(name);
    if (topic === undefined)
      throw new QueueError('TOPIC_MISSING', `topic ${name} does not exist; call ensureTopics first`);
    return topic;
  }

  async function ensureTopics(specs: TopicSpec[]): Promise<void> {
    const { topics } = await opened();
    for (const spec of specs) {
      const topic = topics.get(spec.topic);
      if (topic !== undefined) verify(spec, topic, settings);
      else
        topics.set(spec.topic, await createTopic(join(dir, 'topics'), spec, settings.retentionMs, logDeps));
    }
  }

  async function logOf(name: string, partition: number) {
    const topic = await topicNamed(name);
    return partitionLog(topic, name, partition);
  }

  return {
    ensureTopics(specs) {
      const task = creating.then(() => ensureTopics(specs));
      creating = task.catch(() => undefined);
      return task;
    },
    async offsets(name) {
      const { logs } = await topicNamed(name);
      return logs.map((log, partition) => ({ partition, low: log.low(), high: log.high() }));
    },
    async readAt(name, partition, offset): Promise<Message | undefined> {
      const reader = (await logOf(name, partition)).reader(offset);
      try {
        return (await reader.next())[0];
      } finally {
        await reader.close();
      }
    },
    publisher: () => createFilePublisher(topicNamed, settings.maxMessageBytes),
    async subscribe(subscription: Subscription, signal: AbortSignal) {
      const topics = await Promise.all(
        subscription.topics.map(async name => ({ name, ...(await topicNamed(name)) })),
      );
      if (groups.has(subscription.group)) {
        throw new QueueError(
          'GROUP_TAKEN',
          `group ${subscription.group} already has a subscriber; a file queue allows one`,
        );
      }
      groups.add(subscription.group);
      const following = followTopics(topics, subscription, AbortSignal.any([signal, ending.signal]));
      const settled = following.catch(() => undefined);
      followers.add(settled);
      try {
        await following;
      } finally {
        groups.delete(subscription.group);
        followers.delete(settled);
      }
    },
    async commitHint(group, name, partition, next) {
      await logOf(name, partition);
      const path = join(dir, 'groups', `${checkedName(group)}.${name}.${partition}`);
      await replaceFile(path, `${next}\n`).catch(cause => {
        throw storageError(`writing ${path}`, cause);
      });
    },
    async ping() {
      await opened();
    },
    async trim(name, partition, before) {
      return (await logOf(name, partition)).trim(before);
    },
    async close() {
      closed = true;
      ending.abort();
      clearInterval(timer);
      await Promise.all(followers);
      await creating;
      const state = await opening?.catch(() => undefined);
      for (const topic of state?.topics.values() ?? []) for (const log of topic.logs) await log.close();
      state?.lock.release();
      opening = undefined;
    },
  };
}

function verify(spec: TopicSpec, { settings: found }: Topic, wanted: Settings): void {
  const differences: string[] = [];
  if (found.partitions !== spec.partitions)
    differences.push(`partitions is ${found.partitions}, expected ${spec.partitions}`);
  if (found.retention_ms !== wanted.retentionMs) {
    differences.push(`retention_ms is ${found.retention_ms}, expected ${wanted.retentionMs}`);
  }
  if (differences.length === 0) return;
  throw new QueueError(
    'TOPIC_MISMATCH',
    `topic ${spec.topic}: ${differences.join('; ')}; use a new name, or the settings it has`,
  );
}
