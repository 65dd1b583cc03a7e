// SPDX-License-Identifier: Apache-2.0
// Sample traffic of an invented electricity retailer, so that a new trail has something to show. Everything it
// emits stands under sources that begin with `/sample/`, and goes through the sdk as any service's events do.
import { setTimeout as sleep } from 'node:timers/promises';
import type { AccessRecord, Trail } from '@ashiato/sdk';
import { billing } from './billing.ts';
import { customerDesk } from './customer-desk.ts';
import { gridDesk } from './grid-desk.ts';
import { marketing } from './marketing.ts';
import { createDraw, type SampleSource, type SampleTemplate } from './sample-template.ts';

export const SAMPLE_TEMPLATES: readonly SampleTemplate[] = [
  ...customerDesk,
  ...billing,
  ...gridDesk,
  ...marketing,
];

export interface SampleTrafficDeps {
  /** One trail per source; the caller closes them after `run` has resolved. */
  trails: Readonly<Record<SampleSource, Pick<Trail, 'record'>>>;
  /** Numbers from 0 up to, not including, 1; the same numbers give the same traffic. */
  random: () => number;
  /** Clock, in ms since 1970. */
  now: () => number;
  /** Events of the first burst, about; 0 where an earlier start had it already. Default 300. */
  burst?: number;
  /** The burst's times lie within so many hours before now. Default 6. */
  hours?: number;
  /** Waits between two accesses. Default: the clock. */
  pause?: (ms: number, signal: AbortSignal) => Promise<void>;
}

export interface SampleTraffic {
  /**
   * First the burst, then one or two accesses a second until aborted. Resolves when everything it gave to
   * record() is durable; rejects when a record() does.
   */
  run(signal: AbortSignal): Promise<void>;
}

export function createSampleTraffic(deps: SampleTrafficDeps): SampleTraffic {
  const { trails, random, now, burst = 300, hours = 6, pause = untilOrAborted } = deps;

  function occur(at: number): { source: SampleSource; accesses: AccessRecord[] } {
    const template = chosen(random());
    // Persons in one act follow each other by seconds.
    const accesses = template
      .accesses(createDraw(random, new Date(at)))
      .map((access, i, all) => ({ ...access, time: new Date(at - (all.length - 1 - i) * 1000) }));
    return { source: template.source, accesses };
  }

  /** Oldest first, since a source's numbers follow its time. */
  async function recordBurst(): Promise<void> {
    const end = now();
    const occurrences = [];
    for (let events = 0; events < burst; events += occurrences.at(-1)!.accesses.length) {
      occurrences.push(occur(end - random() * hours * 3_600_000));
    }
    const events = occurrences.flatMap(({ source, accesses }) =>
      accesses.map(access => ({ source, access })),
    );
    events.sort((a, b) => (a.access.time!.valueOf() < b.access.time!.valueOf() ? -1 : 1));
    await Promise.all(events.map(({ source, access }) => trails[source].record(access)));
  }

  return {
    async run(signal) {
      if (!signal.aborted) await recordBurst();
      while (!signal.aborted) {
        const { source, accesses } = occur(now());
        await Promise.all(accesses.map(access => trails[source].record(access)));
        await pause(500 + random() * 500, signal);
      }
    },
  };
}

const TOTAL_WEIGHT = SAMPLE_TEMPLATES.reduce((sum, { weight }) => sum + weight, 0);

function chosen(random: number): SampleTemplate {
  let left = random * TOTAL_WEIGHT;
  for (const template of SAMPLE_TEMPLATES) {
    left -= template.weight;
    if (left < 0) return template;
  }
  // Rounding may leave a trace of weight at the very end.
  return SAMPLE_TEMPLATES.at(-1)!;
}

async function untilOrAborted(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(cause => {
    if (!signal.aborted) throw cause;
  });
}

/** Numbers from 0 up to 1 that are the same for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
