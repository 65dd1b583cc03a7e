// SPDX-License-Identifier: Apache-2.0
// The queue over Kafka.
import type { Admin } from 'kafkajs';
import { QueueError } from '../errors.ts';
import { type QueueOptions, withDefaults } from '../options.ts';
import type { Message, Publisher, Queue, Subscription } from '../queue.ts';
import { brokerError } from './broker-errors.ts';
import { type Membership, runGroupMember } from './group-member.ts';
import { heldOffsets } from './held-offsets.ts';
import { createKafkaClient } from './kafka-client.ts';
import { createKafkaPublisher } from './kafka-publisher.ts';
import { ensureKafkaTopics, topicConfig } from './kafka-topics.ts';
import type { Cluster } from './kafkajs-private.ts';
import { readOne } from './read-one.ts';
import { beginReadSession } from './read-session.ts';

/** The queue at these brokers (`host:port`). No I/O before the first call. */
export function openKafkaQueue(brokers: string[], options: QueueOptions = {}): Queue {
  const settings = withDefaults(options);
  const client = createKafkaClient(brokers, settings);
  const memberships = new Map<string, Membership>();
  const publishers = new Set<Publisher>();
  const subscriptions = new Set<Promise<void>>();
  const ending = new AbortController();
  const partitionCounts = new Map<string, number>();
  let closed = false;
  let connecting: Promise<{ admin: Admin; cluster: Cluster }> | undefined;

  function connected(): Promise<{ admin: Admin; cluster: Cluster }> {
    if (closed) return Promise.reject(new QueueError('CLOSED', 'the queue was closed'));
    connecting ??= connect().catch(cause => {
      connecting = undefined;
      throw brokerError(`connecting to ${brokers.join(',')}`, cause);
    });
    return connecting;
  }

  async function connect() {
    const admin = client.kafka().admin();
    const cluster = client.cluster();
    await admin.connect();
    await cluster.connect();
    return { admin, cluster };
  }

  /** Calls the brokers, with a second try on fresh metadata: leaders may have moved since the last call. */
  async function asking<T>(
    doing: string,
    ask: (at: { admin: Admin; cluster: Cluster }) => Promise<T>,
  ): Promise<T> {
    const at = await connected();
    for (let attempt = 1; ; attempt++) {
      try {
        return await ask(at);
      } catch (cause) {
        const error = brokerError(doing, cause);
        if (attempt === ATTEMPTS || error.code !== 'UNREACHABLE') throw error;
        await new Promise(resolve => setTimeout(resolve, 200 * attempt));
        await at.cluster.refreshMetadata().catch(() => undefined);
      }
    }
  }

  async function partitionsOf(topic: string): Promise<number> {
    const known = partitionCounts.get(topic);
    if (known !== undefined) return known;
    const { length } = await asking(`looking up ${topic}`, ({ cluster }) => heldOffsets(cluster, topic));
    partitionCounts.set(topic, length);
    return length;
  }

  async function cleanupPolicy(topic: string): Promise<string> {
    return asking(
      `asking for ${topic}'s settings`,
      async ({ admin }) => (await topicConfig(admin, topic)).get('cleanup.policy') ?? '',
    );
  }

  async function follow(subscription: Subscription, signal: AbortSignal): Promise<void> {
    const { group, topics } = subscription;
    await asking(`looking up ${topics.join(',')}`, async ({ cluster }) => {
      for (const topic of topics) await heldOffsets(cluster, topic);
    });
    const cluster = client.cluster();
    const { sessionTimeoutMs, readAheadBytes, report } = settings;
    try {
      await runGroupMember(
        {
          cluster,
          group,
          topics,
          sessionTimeoutMs,
          report,
          begin: assigned =>
            beginReadSession({ cluster, subscription, readAheadBytes, cleanupPolicy, report }, assigned),
          onMembership: membership => {
            if (membership === undefined) memberships.delete(group);
            else memberships.set(group, membership);
          },
        },
        signal,
      );
    } finally {
      await cluster.disconnect();
    }
  }

  return {
    ensureTopics: topics =>
      asking('ensuring topics', ({ admin }) => ensureKafkaTopics(admin, topics, settings)),
    offsets: topic => asking(`asking for ${topic}'s offsets`, ({ cluster }) => heldOffsets(cluster, topic)),
    readAt(topic, partition, offset): Promise<Message | undefined> {
      return asking(`reading ${topic}/${partition}`, ({ cluster }) =>
        readOne(cluster, { topic, partition, offset }),
      );
    },
    publisher() {
      const publisher = createKafkaPublisher(client, partitionsOf, settings);
      publishers.add(publisher);
      return publisher;
    },
    async subscribe(subscription, signal) {
      const following = follow(subscription, AbortSignal.any([signal, ending.signal]));
      const settled = following.catch(() => undefined);
      subscriptions.add(settled);
      try {
        await following;
      } finally {
        subscriptions.delete(settled);
      }
    },
    async commitHint(group, topic, partition, next) {
      await asking(`committing for group ${group}`, async ({ cluster }) => {
        const member = memberships.get(group);
        const coordinator = member?.coordinator ?? (await cluster.findGroupCoordinator({ groupId: group }));
        await coordinator.offsetCommit({
          groupId: group,
          groupGenerationId: member?.generation ?? -1,
          memberId: member?.memberId ?? '',
          topics: [{ topic, partitions: [{ partition, offset: String(next), metadata: null }] }],
        });
      });
    },
    ping: () => asking('ping', async ({ cluster }) => cluster.refreshMetadata()),
    async close() {
      closed = true;
      ending.abort();
      await Promise.all(subscriptions);
      await Promise.all([...publishers].map(publisher => publisher.close()));
      const at = await connecting?.catch(() => undefined);
      await at?.admin.disconnect();
      await at?.cluster.disconnect();
    },
  };
}

const ATTEMPTS = 5;
