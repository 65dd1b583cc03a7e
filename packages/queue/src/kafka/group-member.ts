// SPDX-License-Identifier: Apache-2.0
// A member of a consumer group, generation after generation: take our share, keep the session alive, give the
// share back before joining again.
import type { Notice } from '../queue.ts';
import { createBell, pause } from '../signal.ts';
import { brokerError, isRefusal, kindOf } from './broker-errors.ts';
import { startHeart } from './heart.ts';
import { type Assigned, type JoinDeps, joinGroup, type Membership } from './join-group.ts';
import type { ReadSession } from './read-session.ts';

const BACKOFF_MS = 300;

export interface GroupMemberDeps extends JoinDeps {
  report: (notice: Notice) => void;
  begin: (assigned: Assigned[]) => ReadSession;
  /** Told of each change; undefined while we are between generations. */
  onMembership: (membership: Membership | undefined) => void;
}

type Joined = Awaited<ReturnType<typeof joinGroup>>;

/** A member until aborted; then drained, revoked and left. Rejects with what ends the subscription. */
export async function runGroupMember(deps: GroupMemberDeps, signal: AbortSignal): Promise<void> {
  const identity = { memberId: '' };
  try {
    while (!signal.aborted) {
      const joined = await joinOrWait(deps, identity, signal);
      if (joined === undefined) continue;
      const lost = await oneGeneration(deps, joined, signal);
      if (lost === 'expelled') identity.memberId = '';
      if (lost !== undefined)
        deps.report({ level: 'warn', text: `group ${deps.group}: ${lost}, joining again` });
    }
  } finally {
    await leave(deps, identity.memberId);
  }
}

/** One attempt to join; undefined after a pause when it failed for now. */
async function joinOrWait(
  deps: GroupMemberDeps,
  identity: { memberId: string },
  signal: AbortSignal,
): Promise<Joined | undefined> {
  try {
    return await joinGroup(deps, identity);
  } catch (cause) {
    if (isRefusal(cause)) throw brokerError(`joining group ${deps.group}`, cause);
    if (kindOf(cause) === 'UNKNOWN_MEMBER_ID') identity.memberId = '';
    deps.report({ level: 'warn', text: `group ${deps.group}: joining: ${kindOf(cause)}, trying again` });
    await pause(BACKOFF_MS, signal);
    return undefined;
  }
}

/** From assignment to revocation; says why it ended, or rejects with the subscriber's own failure. */
async function oneGeneration(
  deps: GroupMemberDeps,
  { membership, assigned }: Joined,
  signal: AbortSignal,
): Promise<'rebalance' | 'expelled' | undefined> {
  deps.onMembership(membership);
  const session = deps.begin(assigned);
  const over = new AbortController();
  const heart = startHeart(deps, membership, over.signal);
  const asked = createBell().wait(AbortSignal.any([signal, over.signal]));
  try {
    return (await Promise.race([session.ended, heart.lost, asked])) ?? undefined;
  } finally {
    // The heart beats on while callbacks finish, so that nobody else gets these partitions meanwhile.
    await session.stop();
    deps.onMembership(undefined);
    over.abort();
    await heart.stopped;
    // A failure while stopping must not pass for a quiet end.
    await session.ended;
  }
}

async function leave({ cluster, group, report }: GroupMemberDeps, memberId: string): Promise<void> {
  if (memberId === '') return;
  try {
    const coordinator = await cluster.findGroupCoordinator({ groupId: group });
    await coordinator.leaveGroup({ groupId: group, memberId });
  } catch (cause) {
    // The coordinator will notice by itself after the session timeout.
    report({ level: 'warn', text: `group ${group}: leaving: ${kindOf(cause)}` });
  }
}
