// SPDX-License-Identifier: Apache-2.0
// Spool -> destination, in order; the spool's cursor moves only after the acknowledgement. A stop between the
// two delivers that batch again: same source, epoch, sequence and bytes, which the recorder knows by.
import { setTimeout as pause } from 'node:timers/promises';
import type { OpenDestination } from './destination.ts';
import type { Spool, Spooled } from './spool.ts';

const BATCH_EVENTS = 2000;
/** Below what one send to a broker takes, with each record's own overhead. */
const BATCH_BYTES = 850 << 10;
const RECORD_OVERHEAD = 64;
const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 10_000;

/** What is forwarded: events in order from the cursor on, and the cursor. */
export type Source = Pick<Spool, 'follow' | 'advance'>;

export interface ForwardDeps {
  spool: Source;
  destination: OpenDestination;
  /** Everything in the spool before `next` is acknowledged. */
  onDelivered: (next: number) => void;
  /** A failed attempt; the same batch is tried again, without end. */
  onFailure: (text: string) => void;
}

/** Resolves after the abort, when no delivery of ours counts any more; rejects when the spool cannot be read. */
export async function forward(deps: ForwardDeps, signal: AbortSignal): Promise<void> {
  const { spool, destination, onDelivered } = deps;
  const cursor = createCursorMover(next =>
    untilDone('moving the spool cursor', () => spool.advance(next), deps, signal),
  );
  async function deliver(batch: Spooled[]): Promise<void> {
    const next = batch.at(-1)!.offset + 1;
    const attempt = () => orAborted(() => destination.deliver(batch, signal), signal);
    await untilDone('delivering', attempt, deps, signal);
    onDelivered(next);
    cursor.to(next);
  }

  let delivering = Promise.resolve();
  try {
    await spool.follow(async events => {
      for (const batch of batches(events)) {
        // One at a time, in order; meanwhile the next one is read, and no more than that.
        const before = delivering;
        delivering = before.then(() => deliver(batch));
        delivering.catch(() => undefined); // the abort alone ends it so, and whoever awaits it next is told
        await before;
      }
    }, signal);
    await delivering;
  } catch (cause) {
    if (!signal.aborted) throw cause;
  } finally {
    await delivering.catch(() => undefined);
    await cursor.settled();
  }
}

/** Moves the cursor beside the deliveries: it only says from where a next run goes on, so the newest place will do. */
function createCursorMover(advance: (next: number) => Promise<void>) {
  let wanted: number | undefined;
  let moving: Promise<void> | undefined;
  async function move(): Promise<void> {
    while (wanted !== undefined) {
      const next = wanted;
      wanted = undefined;
      await advance(next);
    }
    moving = undefined;
  }
  return {
    to(next: number) {
      wanted = next;
      // Aborted meanwhile: what was acknowledged after the cursor is delivered again, and known by its bytes.
      moving ??= move().catch(() => undefined);
    },
    settled: async () => moving,
  };
}

async function untilDone(
  doing: string,
  attempt: () => Promise<void>,
  { onFailure }: ForwardDeps,
  signal: AbortSignal,
): Promise<void> {
  for (let wait = FIRST_WAIT_MS; ; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
    try {
      return await attempt();
    } catch (cause) {
      signal.throwIfAborted();
      onFailure(`${doing}: ${reasonOf(cause)}; trying again`);
    }
    // Spread, so that many services do not come back at one moment.
    await pause(wait * (0.5 + Math.random() / 2), undefined, { signal });
  }
}

/** A broker that is away keeps a publish waiting without end: closing MUST NOT wait with it. */
function orAborted(attempt: () => Promise<void>, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.reject(signal.reason);
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    attempt()
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', onAbort));
  });
}

/** fetch() says only "fetch failed" itself; why stands in its cause. */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  return cause.cause instanceof Error && !('code' in cause)
    ? `${cause.message}: ${cause.cause.message}`
    : cause.message;
}

function* batches(events: Spooled[]): Generator<Spooled[]> {
  let batch: Spooled[] = [];
  let bytes = 0;
  for (const event of events) {
    const size = event.value.length + event.key.length + RECORD_OVERHEAD;
    if (batch.length === BATCH_EVENTS || (batch.length > 0 && bytes + size > BATCH_BYTES)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(event);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}
