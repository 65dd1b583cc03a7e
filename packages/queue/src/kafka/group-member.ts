// SPDX-License-Identifier: Apache-2.0
// Membership of a consumer group (Kafka's classic protocol): join, take our share, keep the session alive,
// give the share back before joining again.
import kafkajs from 'kafkajs';
import type { Notice } from '../queue.ts';
import { createBell, pause } from '../signal.ts';
import { brokerError, isRefusal, kindOf } from './broker-errors.ts';
import { startHeart } from './heart.ts';
import type { Broker, Cluster, JoinedGroup } from './kafkajs-private.ts';
import type { Assigned, ReadSession } from './read-session.ts';
import { share } from './share-partitions.ts';

const { MemberMetadata, MemberAssignment } = kafkajs.AssignerProtocol;
const PROTOCOL = 'RoundRobinAssigner';
const REBALANCE_TIMEOUT_MS = 60_000;
const BACKOFF_MS = 300;

/** Who we are in the group right now; needed to commit offsets as a member. */
export interface Membership {
  coordinator: Broker;
  generation: number;
  memberId: string;
}

export interface GroupMemberDeps {
  cluster: Cluster;
  group: string;
  topics: string[];
  sessionTimeoutMs: number;
  report: (notice: Notice) => void;
  begin: (assigned: Assigned[]) => ReadSession;
  /** Told of each change; undefined while we are between generations. */
  onMembership: (membership: Membership | undefined) => void;
}

interface Joined {
  membership: Membership;
  assigned: Assigned[];
}

/** A member until aborted; then drained, revoked and left. Rejects with what ends the subscription. */
export async function runGroupMember(deps: GroupMemberDeps, signal: AbortSignal): Promise<void> {
  const { cluster, group, report } = deps;
  let memberId = '';

  async function join(): Promise<Joined> {
    await cluster.addMultipleTargetTopics(deps.topics);
    const coordinator = await cluster.findGroupCoordinator({ groupId: group });
    const joined = await coordinator.joinGroup({
      groupId: group,
      memberId,
      sessionTimeout: deps.sessionTimeoutMs,
      rebalanceTimeout: REBALANCE_TIMEOUT_MS,
      groupProtocols: [
        {
          name: PROTOCOL,
          metadata: MemberMetadata.encode({ version: 0, topics: deps.topics, userData: Buffer.alloc(0) }),
        },
      ],
    });
    memberId = joined.memberId;
    const { memberAssignment } = await coordinator.syncGroup({
      groupId: group,
      generationId: joined.generationId,
      memberId,
      groupAssignment: joined.leaderId === memberId ? await divide(joined) : [],
    });
    const assignment = MemberAssignment.decode(memberAssignment)?.assignment ?? {};
    const assigned = Object.entries(assignment).flatMap(([topic, partitions]) =>
      partitions.map(partition => ({ topic, partition })),
    );
    return { membership: { coordinator, generation: joined.generationId, memberId }, assigned };
  }

  /** As leader: everyone's share, by what the brokers say now. */
  async function divide(joined: JoinedGroup) {
    const topicsOf = new Map(
      joined.members.map(member => [
        member.memberId,
        MemberMetadata.decode(member.memberMetadata)?.topics ?? [],
      ]),
    );
    await cluster.addMultipleTargetTopics([...new Set([...topicsOf.values()].flat())]);
    await cluster.refreshMetadata();
    const partitionsOf = (topic: string) =>
      cluster.findTopicPartitionMetadata(topic).map(({ partitionId }) => partitionId);
    return [...share(topicsOf, partitionsOf)].map(([id, assignment]) => ({
      memberId: id,
      memberAssignment: MemberAssignment.encode({ version: 0, assignment, userData: Buffer.alloc(0) }),
    }));
  }

  /** From assignment to revocation; a rejection is the subscriber's own, or final. */
  async function oneGeneration({ membership, assigned }: Joined): Promise<void> {
    deps.onMembership(membership);
    const session = deps.begin(assigned);
    const over = new AbortController();
    const heart = startHeart(deps, membership, over.signal);
    const asked = createBell().wait(AbortSignal.any([signal, over.signal]));
    try {
      const lost = await Promise.race([session.ended, heart.lost, asked]);
      if (lost === 'expelled') memberId = '';
      if (lost !== undefined) report({ level: 'warn', text: `group ${group}: ${lost}, joining again` });
    } finally {
      // The heart beats on while callbacks finish, so that nobody else gets these partitions meanwhile.
      await session.stop();
      deps.onMembership(undefined);
      over.abort();
      await heart.stopped;
    }
    await session.ended;
  }

  async function ride(cause: unknown): Promise<void> {
    if (kindOf(cause) === 'UNKNOWN_MEMBER_ID') memberId = '';
    report({ level: 'warn', text: `group ${group}: joining: ${kindOf(cause)}, trying again` });
    await pause(BACKOFF_MS, signal);
  }

  async function leave(): Promise<void> {
    if (memberId === '') return;
    try {
      const coordinator = await cluster.findGroupCoordinator({ groupId: group });
      await coordinator.leaveGroup({ groupId: group, memberId });
    } catch (cause) {
      // The coordinator will notice by itself after the session timeout.
      report({ level: 'warn', text: `group ${group}: leaving: ${kindOf(cause)}` });
    }
  }

  async function joinPatiently(): Promise<Joined | undefined> {
    try {
      return await join();
    } catch (cause) {
      if (isRefusal(cause)) throw brokerError(`joining group ${group}`, cause);
      await ride(cause);
      return undefined;
    }
  }

  try {
    while (!signal.aborted) {
      const joined = await joinPatiently();
      if (joined !== undefined) await oneGeneration(joined);
    }
  } finally {
    await leave();
  }
}
