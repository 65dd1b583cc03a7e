// SPDX-License-Identifier: Apache-2.0
// Creating topics as we need them, and refusing topics that are otherwise.
import { setTimeout as sleep } from 'node:timers/promises';
import kafkajs, { type Admin } from 'kafkajs';
import { QueueError } from '../errors.ts';
import type { Settings } from '../options.ts';
import type { TopicSpec } from '../queue.ts';
import { brokerError, kindOf } from './broker-errors.ts';

/** How long brokers may take to tell one another of a topic made or deleted. */
const SPREAD_WITHIN_MS = 20_000;

/** Creates the missing ones, then compares every one with what was asked. */
export async function ensureKafkaTopics(admin: Admin, specs: TopicSpec[], settings: Settings): Promise<void> {
  const deadline = Date.now() + SPREAD_WITHIN_MS;
  for (;;) {
    try {
      const differences = await createAndCompare(admin, specs, settings);
      if (differences.length === 0) return;
      throw new QueueError(
        'TOPIC_MISMATCH',
        `${differences.join('; ')}; change the topic by hand, or use a new name`,
      );
    } catch (cause) {
      // The broker we asked has not heard of it yet, or still believes in one that was deleted.
      const spreading = kindOf(cause) === 'UNKNOWN_TOPIC_OR_PARTITION' && Date.now() < deadline;
      if (!spreading) throw brokerError('ensuring topics', cause);
      await sleep(200);
    }
  }
}

async function createAndCompare(admin: Admin, specs: TopicSpec[], settings: Settings): Promise<string[]> {
  const existing = new Set(await admin.listTopics());
  const missing = specs.filter(({ topic }) => !existing.has(topic));
  if (missing.length > 0) await create(admin, missing, settings);
  return compare(admin, specs, settings);
}

async function create(admin: Admin, specs: TopicSpec[], settings: Settings): Promise<void> {
  try {
    await admin.createTopics({
      waitForLeaders: true,
      timeout: 10_000,
      topics: specs.map(({ topic, partitions }) => ({
        topic,
        numPartitions: partitions,
        replicationFactor: settings.replicationFactor ?? -1,
        configEntries: Object.entries({
          ...wantedConfig(settings),
          'max.message.bytes': String(settings.maxMessageBytes + BATCH_MARGIN),
        }).map(([name, value]) => ({ name, value })),
      })),
    });
  } catch (cause) {
    // Another process was faster; what it made is compared like any other.
    if (!isAlreadyThere(cause)) throw cause;
  }
}

/** Room for a batch's header beside one largest message. */
const BATCH_MARGIN = 1024;

function isAlreadyThere(cause: unknown): boolean {
  if (cause instanceof Error && 'errors' in cause && Array.isArray(cause.errors)) {
    return cause.errors.every(error => kindOf(error) === 'TOPIC_ALREADY_EXISTS');
  }
  return kindOf(cause) === 'TOPIC_ALREADY_EXISTS';
}

function wantedConfig(settings: Settings): Record<string, string> {
  return {
    'message.timestamp.type': 'LogAppendTime',
    'cleanup.policy': 'delete',
    'retention.ms': String(settings.retentionMs),
  };
}

async function compare(admin: Admin, specs: TopicSpec[], settings: Settings): Promise<string[]> {
  const differences: string[] = [];
  const { topics } = await admin.fetchTopicMetadata({ topics: specs.map(({ topic }) => topic) });
  for (const { topic, partitions } of specs) {
    const found = topics.find(({ name }) => name === topic)?.partitions.length ?? 0;
    if (found !== partitions)
      differences.push(`topic ${topic}: partitions is ${found}, expected ${partitions}`);
    const config = await topicConfig(admin, topic);
    for (const [name, wanted] of Object.entries(wantedConfig(settings))) {
      const value = config.get(name);
      if (value !== wanted) differences.push(`topic ${topic}: ${name} is ${value}, expected ${wanted}`);
    }
  }
  return differences;
}

/** The settings of a topic in force, by name. */
export async function topicConfig(admin: Admin, topic: string): Promise<Map<string, string>> {
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: topic }],
  });
  return new Map(
    resources.flatMap(resource => resource.configEntries.map(entry => [entry.configName, entry.configValue])),
  );
}
