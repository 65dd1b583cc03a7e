// SPDX-License-Identifier: Apache-2.0
// How a process lives and ends: everything runs until one fails or somebody asks it to stop, then drains, then
// closes in reverse order, within one deadline.
import type { Logger } from './logger.ts';

/** Something that works (`run`), something to close in the end (`close`), or both. In the order of making. */
export interface Part {
  name: string;
  /** Works until the signal aborts, and MUST resolve only when drained: nothing of its own is under way then. */
  run?(signal: AbortSignal): Promise<void>;
  /** Called once all `run` have settled, last part first. */
  close?(): Promise<void>;
}

export interface RunSettings {
  /** From the first reason to stop until everything is closed, in milliseconds. */
  deadlineMs?: number;
  logger: Logger;
}

/**
 * Runs all parts and resolves with the exit code when all are drained and closed: 0 when they ended by
 * themselves or were asked to stop by SIGTERM, SIGINT or SIGHUP, 1 when a part failed to run or to close. The
 * first failure stops all others. Past the deadline the process exits with 1, saying which parts were not done; at
 * a second signal, a second or more after the first, it exits at once with 130. Call it once, from `main`.
 */
export async function runAll(
  parts: readonly Part[],
  { deadlineMs = 10_000, logger }: RunSettings,
): Promise<number> {
  const stopping = new AbortController();
  const unfinished = new Set<string>();
  const deadline = createDeadline(deadlineMs, () => {
    logger.fatal({ unfinished: [...unfinished], deadline_ms: deadlineMs }, 'not done in time, giving up');
    process.exit(1);
  });
  const stop = (reason: string) => {
    if (stopping.signal.aborted) return;
    logger.info({ reason }, 'stopping');
    deadline.start();
    stopping.abort();
  };
  const forget = listenForSignals(stop, logger);
  // Parts may wait for nothing but the signal; a process without timers or sockets would end on its own.
  const alive = setInterval(() => {}, 2 ** 30);
  try {
    const ran = await runParts(parts, stopping.signal, stop, unfinished, logger);
    deadline.start(); // closing has an end too where nobody asked for it
    const closed = await closeParts(parts, unfinished, logger);
    return ran && closed ? 0 : 1;
  } finally {
    clearInterval(alive);
    deadline.clear();
    forget();
  }
}

type Stop = (reason: string) => void;

async function runParts(
  parts: readonly Part[],
  signal: AbortSignal,
  stop: Stop,
  unfinished: Set<string>,
  logger: Logger,
): Promise<boolean> {
  const runs = parts.map(async part => {
    if (part.run === undefined) return true;
    unfinished.add(part.name);
    try {
      await part.run(signal);
      return true;
    } catch (err) {
      logger.error({ err, part: part.name }, 'part failed');
      stop(`${part.name} failed`);
      return false;
    } finally {
      unfinished.delete(part.name);
    }
  });
  return (await Promise.all(runs)).every(Boolean);
}

async function closeParts(parts: readonly Part[], unfinished: Set<string>, logger: Logger): Promise<boolean> {
  let closed = true;
  for (const part of parts.toReversed()) {
    if (part.close === undefined) continue;
    unfinished.add(part.name);
    try {
      await part.close();
    } catch (err) {
      logger.error({ err, part: part.name }, 'part could not be closed');
      closed = false;
    }
    unfinished.delete(part.name);
  }
  return closed;
}

/** One request may come more than once: to the whole group, and passed on by the program that started us. */
const SAME_REQUEST_MS = 1000;

function listenForSignals(stop: Stop, logger: Logger): () => void {
  let asked: number | undefined;
  const onSignal = (name: NodeJS.Signals) => {
    if (asked === undefined) {
      asked = performance.now();
      stop(name);
    } else if (performance.now() - asked >= SAME_REQUEST_MS) {
      logger.warn({ signal: name }, 'asked a second time, leaving at once');
      process.exit(130);
    }
  };
  const names = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;
  for (const name of names) process.on(name, onSignal);
  return () => {
    for (const name of names) process.off(name, onSignal);
  };
}

function createDeadline(ms: number, giveUp: () => void) {
  let timer: NodeJS.Timeout | undefined;
  return {
    start() {
      timer ??= setTimeout(giveUp, ms);
    },
    clear() {
      clearTimeout(timer);
    },
  };
}
