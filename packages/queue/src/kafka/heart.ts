// SPDX-License-Identifier: Apache-2.0
// Keeps a membership alive, whatever else this process is busy with.
import { pause } from '../signal.ts';
import { kindOf } from './broker-errors.ts';
import type { GroupMemberDeps } from './group-member.ts';
import type { Membership } from './join-group.ts';

export interface Heart {
  /** Why we must join again: the group is being divided anew, or it goes on without us. Stays open otherwise. */
  lost: Promise<'rebalance' | 'expelled'>;
  /** Resolves when it stopped beating. */
  stopped: Promise<void>;
}

type Beat = 'alive' | 'rebalance' | 'expelled' | 'no answer';

/** Beats until aborted or expelled; on through a rebalance, which waits for us to join again. */
export function startHeart(
  { cluster, group, sessionTimeoutMs, report }: GroupMemberDeps,
  membership: Membership,
  signal: AbortSignal,
): Heart {
  let { coordinator } = membership;
  const lost = Promise.withResolvers<'rebalance' | 'expelled'>();

  async function beat(): Promise<Beat> {
    const { generation: groupGenerationId, memberId } = membership;
    try {
      await coordinator.heartbeat({ groupId: group, groupGenerationId, memberId });
      return 'alive';
    } catch (cause) {
      const kind = kindOf(cause);
      if (kind === 'REBALANCE_IN_PROGRESS') return 'rebalance';
      if (/UNKNOWN_MEMBER_ID|ILLEGAL_GENERATION|FENCED/.test(kind)) return 'expelled';
      report({ level: 'warn', text: `group ${group}: heartbeat: ${kind}, trying again` });
      return 'no answer';
    }
  }

  /** The group survives its coordinator: the next one knows our generation. */
  async function findCoordinator(): Promise<void> {
    try {
      coordinator = await cluster.findGroupCoordinator({ groupId: group });
    } catch (cause) {
      report({ level: 'warn', text: `group ${group}: no coordinator: ${kindOf(cause)}, trying again` });
    }
  }

  async function run(): Promise<void> {
    const interval = Math.min(1000, sessionTimeoutMs / 5);
    let last = Date.now();
    while (!signal.aborted) {
      await pause(interval, signal);
      if (signal.aborted) return;
      const said = await beat();
      if (said === 'no answer') await findCoordinator();
      else last = Date.now();
      if (said === 'rebalance') lost.resolve('rebalance');
      if (said === 'expelled' || Date.now() - last > sessionTimeoutMs) return lost.resolve('expelled');
    }
  }

  return { lost: lost.promise, stopped: run() };
}
