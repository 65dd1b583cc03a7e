// SPDX-License-Identifier: Apache-2.0
// Who delivers what lies in a spool folder: one process at a time, the owner of the spool or another.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type FolderLock, lockFolder, QueueError } from '@ashiato/queue/emit';
import type { OpenDestination } from './destination.ts';
import { type ForwardDeps, forward } from './forward.ts';
import { type Spool, untilAborted } from './spool.ts';

const REFRESH_MS = 100;

interface ForwardingDeps extends Omit<ForwardDeps, 'spool' | 'destination'> {
  spoolDir: string;
  spool: Spool;
  /** Undefined where another process delivers. */
  destination: OpenDestination | undefined;
}

/** The right to deliver from a folder; undefined while another process has it. */
export async function takeForwarding(spoolDir: string): Promise<FolderLock | undefined> {
  const dir = join(spoolDir, 'forwarding');
  await mkdir(dir, { recursive: true });
  try {
    return await lockFolder(dir);
  } catch (cause) {
    if (cause instanceof QueueError && cause.code === 'LOCKED') return undefined;
    throw cause;
  }
}

/** Delivers, or follows the cursor that another process moves, until aborted. */
export async function keepForwarded(deps: ForwardingDeps, signal: AbortSignal): Promise<void> {
  const { spoolDir, spool, destination, onDelivered } = deps;
  let reached = await spool.refresh();
  while (!signal.aborted) {
    const right = destination && (await takeForwarding(spoolDir));
    const next = await spool.refresh();
    if (next > reached) onDelivered(next);
    reached = next;
    if (right === undefined) {
      await pause(REFRESH_MS, undefined, { signal, ref: false }).catch(untilAborted);
      continue;
    }
    await forward({ ...deps, destination: destination! }, signal).finally(() => right.release());
  }
}
