// SPDX-License-Identifier: Apache-2.0
// Joining a consumer group (Kafka's classic protocol): one round of join, divide when asked to lead, sync.
import kafkajs from 'kafkajs';
import type { Broker, Cluster, JoinedGroup } from './kafkajs-private.ts';
import { share } from './share-partitions.ts';

const { MemberMetadata, MemberAssignment } = kafkajs.AssignerProtocol;
const PROTOCOL = 'RoundRobinAssigner';
const REBALANCE_TIMEOUT_MS = 60_000;

/** Who we are in the group in this generation; needed to beat and to commit offsets as a member. */
export interface Membership {
  coordinator: Broker;
  generation: number;
  memberId: string;
}

export interface Assigned {
  topic: string;
  partition: number;
}

export interface JoinDeps {
  cluster: Cluster;
  group: string;
  topics: string[];
  sessionTimeoutMs: number;
}

/** One attempt. `identity.memberId` ('' for a newcomer) is set as soon as the coordinator names us. */
export async function joinGroup(
  deps: JoinDeps,
  identity: { memberId: string },
): Promise<{ membership: Membership; assigned: Assigned[] }> {
  const { cluster, group: groupId, topics } = deps;
  await cluster.addMultipleTargetTopics(topics);
  const coordinator = await cluster.findGroupCoordinator({ groupId });
  const metadata = MemberMetadata.encode({ version: 0, topics, userData: Buffer.alloc(0) });
  const joined = await coordinator.joinGroup({
    groupId,
    memberId: identity.memberId,
    sessionTimeout: deps.sessionTimeoutMs,
    rebalanceTimeout: REBALANCE_TIMEOUT_MS,
    groupProtocols: [{ name: PROTOCOL, metadata }],
  });
  const { memberId, generationId, leaderId } = joined;
  identity.memberId = memberId;
  const groupAssignment = leaderId === memberId ? await divide(cluster, joined) : [];
  const { memberAssignment } = await coordinator.syncGroup({
    groupId,
    generationId,
    memberId,
    groupAssignment,
  });
  return {
    membership: { coordinator, generation: generationId, memberId },
    assigned: listed(MemberAssignment.decode(memberAssignment)?.assignment ?? {}),
  };
}

/** As leader: everyone's share, by what the brokers say now. */
async function divide(cluster: Cluster, { members }: JoinedGroup) {
  const topicsOf = new Map(
    members.map(member => [member.memberId, MemberMetadata.decode(member.memberMetadata)?.topics ?? []]),
  );
  await cluster.addMultipleTargetTopics([...new Set([...topicsOf.values()].flat())]);
  await cluster.refreshMetadata();
  const partitionsOf = (topic: string) =>
    cluster.findTopicPartitionMetadata(topic).map(({ partitionId }) => partitionId);
  return [...share(topicsOf, partitionsOf)].map(([memberId, assignment]) => ({
    memberId,
    memberAssignment: MemberAssignment.encode({ version: 0, assignment, userData: Buffer.alloc(0) }),
  }));
}

function listed(assignment: Record<string, number[]>): Assigned[] {
  return Object.entries(assignment).flatMap(([topic, partitions]) =>
    partitions.map(partition => ({ topic, partition })),
  );
}
