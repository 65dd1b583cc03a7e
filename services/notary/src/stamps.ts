// SPDX-License-Identifier: Apache-2.0
// Once a day the newest checkpoint is stamped by a time-stamping authority (RFC 3161). When the last one was, the stored
// stamp says; so two notaries ask once, or at worst twice.
import type { Log } from '@ashiato/ledger/log';
import { openStamp, stampRequest } from '@ashiato/ledger/time-stamp';

const DAY_MS = 86_400_000;
/** An authority that is away is not asked at every look. */
const RETRY_MS = 600_000;

export interface StampDeps {
  log: Log;
  url: string;
  timeoutMs: number;
  /** Milliseconds since 1970. */
  now(): number;
}

/** Resolves with what was done: a stamp kept, why none could be had, or undefined when none is due. */
export type StampWhenDue = () => Promise<{ kept: Date } | { problem: string } | undefined>;

export function createStamps({ log, url, timeoutMs, now }: StampDeps): StampWhenDue {
  let nextLook = 0;

  async function ask(note: Uint8Array): Promise<{ response: Uint8Array; time: Date } | { problem: string }> {
    const { body, nonce } = await stampRequest(note);
    const response = await post(url, body, timeoutMs);
    if (typeof response === 'string') return { problem: response };
    const stamp = await openStamp(response, note, nonce);
    return stamp.outcome === 'stamped' ? { response, time: stamp.time } : { problem: stamp.problem };
  }

  return async () => {
    if (now() < nextLook) return undefined;
    const newest = await log.newestCheckpoint();
    const last = await log.newestStamp();
    if (!newest || newest.size === last?.size) return undefined;
    const stamped =
      last && (await openStamp(last.response, Buffer.from((await log.checkpointAt(last.size)) ?? '')));
    if (stamped?.outcome === 'stamped' && now() < stamped.time.getTime() + DAY_MS) {
      nextLook = stamped.time.getTime() + DAY_MS;
      return undefined;
    }
    const asked = await ask(Buffer.from(newest.note));
    if ('problem' in asked) {
      nextLook = now() + RETRY_MS;
      return asked;
    }
    await log.keepStamp(newest.size, asked.response);
    nextLook = asked.time.getTime() + DAY_MS;
    return { kept: asked.time };
  };
}

async function post(url: string, body: Uint8Array, timeoutMs: number): Promise<Uint8Array | string> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/timestamp-query' },
      body: Buffer.from(body),
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (!response.ok) return `the authority answered ${response.status}`;
    return new Uint8Array(await response.arrayBuffer());
  } catch (error) {
    const { cause, message } = error as Error;
    return `the authority does not answer: ${cause instanceof Error ? cause.message : message}`;
  }
}
