// SPDX-License-Identifier: Apache-2.0
// The queue over Kafka.
import { type QueueOptions, withDefaults } from '../options.ts';
import type { Publisher, Queue, Subscription } from '../queue.ts';
import { runGroupMember } from './group-member.ts';
import { heldOffsets } from './held-offsets.ts';
import type { Membership } from './join-group.ts';
import { createKafkaClient } from './kafka-client.ts';
import { createKafkaConnection } from './kafka-connection.ts';
import { createKafkaPublisher } from './kafka-publisher.ts';
import { ensureKafkaTopics, topicConfig } from './kafka-topics.ts';
import { readOne } from './read-one.ts';
import { beginReadSession } from './read-session.ts';

/** The queue at these brokers (`host:port`). No I/O before the first call. */
export function openKafkaQueue(brokers: string[], options: QueueOptions = {}): Queue {
  const settings = withDefaults(options);
  const client = createKafkaClient(brokers, settings);
  const { ask, close } = createKafkaConnection(client);
  const memberships = new Map<string, Membership>();
  const publishers = new Set<Publisher>();
  const followers = new Set<Promise<void>>();
  const ending = new AbortController();
  // A topic never changes its partition count here: growing is a new topic.
  const partitionCounts = new Map<string, number>();

  async function partitionsOf(topic: string): Promise<number> {
    const known = partitionCounts.get(topic);
    if (known !== undefined) return known;
    const { length } = await ask(`looking up ${topic}`, ({ cluster }) => heldOffsets(cluster, topic));
    partitionCounts.set(topic, length);
    return length;
  }

  const cleanupPolicy = (topic: string) =>
    ask(`asking for ${topic}'s settings`, async ({ admin }) => {
      const config = await topicConfig(admin, topic);
      return config.get('cleanup.policy') ?? '';
    });

  async function follow(subscription: Subscription, signal: AbortSignal): Promise<void> {
    const { group, topics } = subscription;
    for (const topic of topics)
      await ask(`looking up ${topic}`, ({ cluster }) => heldOffsets(cluster, topic));
    // A connection of its own: a fetch that waits for messages must hold nobody up.
    const cluster = client.cluster();
    const reading = { ...settings, cluster, subscription, cleanupPolicy };
    await runGroupMember(
      {
        ...settings,
        cluster,
        group,
        topics,
        begin: assigned => beginReadSession(reading, assigned),
        onMembership: membership => {
          if (membership === undefined) memberships.delete(group);
          else memberships.set(group, membership);
        },
      },
      signal,
    ).finally(() => cluster.disconnect());
  }

  return {
    ensureTopics: topics => ask('ensuring topics', ({ admin }) => ensureKafkaTopics(admin, topics, settings)),
    offsets: topic => ask(`asking for ${topic}'s offsets`, ({ cluster }) => heldOffsets(cluster, topic)),
    readAt: (topic, partition, offset) =>
      ask(`reading ${topic}/${partition}`, ({ cluster }) => readOne(cluster, { topic, partition, offset })),
    publisher() {
      const publisher = createKafkaPublisher(client, partitionsOf, settings);
      publishers.add(publisher);
      return publisher;
    },
    async subscribe(subscription, signal) {
      const following = follow(subscription, AbortSignal.any([signal, ending.signal]));
      followers.add(following);
      await following.finally(() => followers.delete(following));
    },
    commitHint: (group, topic, partition, next) =>
      ask(`committing for group ${group}`, async ({ cluster }) => {
        const member = memberships.get(group);
        const coordinator = member?.coordinator ?? (await cluster.findGroupCoordinator({ groupId: group }));
        await coordinator.offsetCommit({
          groupId: group,
          groupGenerationId: member?.generation ?? -1,
          memberId: member?.memberId ?? '',
          topics: [{ topic, partitions: [{ partition, offset: String(next), metadata: null }] }],
        });
      }),
    ping: () => ask('ping', ({ cluster }) => cluster.refreshMetadata()),
    async close() {
      ending.abort();
      await Promise.allSettled(followers);
      await Promise.all([...publishers].map(publisher => publisher.close()));
      await close();
    },
  };
}
