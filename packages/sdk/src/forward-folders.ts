// SPDX-License-Identifier: Apache-2.0
// The door (`@ashiato/sdk/forward`) of a process that delivers what others put into their spool folders.
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type LogTail, tailFileQueue } from '@ashiato/queue/emit';
import { type Destination, type OpenDestination, openDestination } from './destination.ts';
import { TrailError } from './errors.ts';
import { forward, type Source } from './forward.ts';
import { takeForwarding } from './forwarding.ts';
import type { Notice } from './options.ts';
import { CURSOR, EVENTS, spooledOf, TOPIC, trailError, untilAborted } from './spool.ts';
import { readNumber, writeNumber } from './state-file.ts';

const RESCAN_MS = 2000;
const POLL_MS = 100;
/** How deep below the path spool folders may lie: service, instance. */
const DEPTH = 3;

export interface ForwardFoldersOptions {
  /** A spool folder, or a folder with spool folders in it, up to three levels down; new ones are found as they come. */
  path: string;
  destination: Exclude<Destination, { forwarder: 'other' }>;
  /** Ends when everything that was there is delivered, instead of waiting for more. Default false. */
  once?: boolean;
  onNotice?: (notice: Notice) => void;
}

export interface Forwarded {
  /** Events acknowledged, and in how many folders they lay. */
  events: number;
  folders: number;
  /** Folders that others deliver from at the end. */
  busy: number;
}

/**
 * Delivers from every spool folder under a path, whether its owner lives or not, until aborted or, with `once`, until
 * nothing is left. A folder that another process delivers from is left to it, and taken when that one ends. Rejects
 * with `SPOOL_DAMAGED` where a folder holds what nobody wrote.
 */
export async function forwardFolders(
  options: ForwardFoldersOptions,
  signal: AbortSignal,
): Promise<Forwarded> {
  const { path, once = false, onNotice: report = () => undefined } = options;
  const destination = openDestination(options.destination, text => report({ level: 'error', text }))!;
  const failing = new AbortController();
  const stop = AbortSignal.any([signal, failing.signal]);
  const sum = { events: 0, folders: new Set<string>(), busy: new Set<string>() };
  const running = new Map<string, Promise<void>>();

  async function take(dir: string): Promise<void> {
    const right = await takeForwarding(dir);
    if (right === undefined) {
      sum.busy.add(dir);
      return;
    }
    sum.busy.delete(dir);
    try {
      await forwardOne(dir, { destination, once, report, onEvents: count => (sum.events += count) }, stop);
      sum.folders.add(dir);
    } finally {
      await right.release();
    }
  }

  let failure: unknown;
  try {
    do {
      for (const dir of await spoolsUnder(path, DEPTH)) {
        if (running.has(dir)) continue;
        const task = take(dir)
          .catch(cause => {
            failure ??= trailError(cause, `forwarding ${dir}`);
            failing.abort();
          })
          .finally(() => running.delete(dir));
        running.set(dir, task);
      }
      if (once) await Promise.all(running.values());
      else await pause(RESCAN_MS, undefined, { signal: stop }).catch(untilAborted);
    } while (!once && !stop.aborted);
  } finally {
    failing.abort();
    await Promise.all(running.values());
    await destination.close();
  }
  if (failure !== undefined) throw failure;
  return { events: sum.events, folders: sum.folders.size, busy: sum.busy.size };
}

interface OneDeps {
  destination: OpenDestination;
  once: boolean;
  report: (notice: Notice) => void;
  onEvents: (count: number) => void;
}

async function forwardOne(
  dir: string,
  { destination, once, report, onEvents }: OneDeps,
  signal: AbortSignal,
) {
  const cursorPath = join(dir, CURSOR);
  let reached = await readNumber(cursorPath);
  const tail = tailFileQueue(join(dir, EVENTS), TOPIC, reached);
  const spool: Source = {
    follow: (onSpooled, until) => followTail(tail, once, onSpooled, until),
    advance: next => writeNumber(cursorPath, next),
  };
  const onDelivered = (next: number) => {
    onEvents(next - (reached ?? 0));
    reached = next;
  };
  const onFailure = (text: string) => report({ level: 'warn', text: `${dir}: ${text}` });
  await forward({ spool, destination, onDelivered, onFailure }, signal).finally(() => tail.close());
}

async function followTail(
  tail: LogTail,
  once: boolean,
  onSpooled: Parameters<Source['follow']>[0],
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const messages = await tail.next();
    if (messages.length > 0) await onSpooled(spooledOf(messages));
    else if (once && tail.atEnd()) return;
    else await pause(POLL_MS, undefined, { signal }).catch(untilAborted);
  }
}

async function spoolsUnder(path: string, depth: number): Promise<string[]> {
  if (existsSync(join(path, EVENTS, 'topics', TOPIC))) return [path];
  if (depth === 0) return [];
  try {
    const below = (await readdir(path, { withFileTypes: true })).filter(entry => entry.isDirectory());
    return (await Promise.all(below.map(({ name }) => spoolsUnder(join(path, name), depth - 1)))).flat();
  } catch (cause) {
    throw new TrailError('OPTIONS', `${path} cannot be read; name a folder with spool folders in it`, {
      cause,
    });
  }
}
