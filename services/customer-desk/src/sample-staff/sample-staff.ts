// SPDX-License-Identifier: Apache-2.0
// The sample staff: made-up people who work at a running desk, over HTTP, in turn.
import { setTimeout as sleep } from 'node:timers/promises';
import { samplePeople } from '../sample-people.ts';
import { CALL_CENTRE, SAMPLE_STAFF } from '../staff.ts';
import { type Counter, openCounter } from './counter.ts';
import { type Draw, ERRANDS, type Errand, type Group } from './errands.ts';

export interface SampleStaffDeps {
  /** Base address of the desk. */
  address: string;
  /** Of every member of the sample staff. */
  password: string;
  /** Numbers from 0 up to, not including, 1; the same numbers give the same errands. */
  random: () => number;
  /** Errands done at once when the day begins, one of each kind first. */
  burst: number;
  /** An errand that could not be done; the next ones go on. */
  onFailure: (error: Error) => void;
  /** Waits between two errands. Default: the clock. */
  pause?: (ms: number, signal: AbortSignal) => Promise<void>;
}

export interface SampleStaff {
  /** The burst, then about one errand a second, until aborted; resolves when the last one is done. */
  run(signal: AbortSignal): Promise<void>;
  /** Does one errand, whichever is given. */
  do(errand: Errand): Promise<void>;
}

export function createSampleStaff(deps: SampleStaffDeps): SampleStaff {
  const { address, password, random, burst, onFailure, pause = untilOrAborted } = deps;
  const counters = new Map<string, Promise<Counter>>();
  const draw = createDraw(random);

  async function counterOf(group: Group): Promise<Counter> {
    const members = SAMPLE_STAFF.filter(({ org }) => org === ORGS[group]);
    const { id } = members[draw.between(0, members.length - 1)]!;
    const opened = counters.get(id) ?? openCounter(address, id, password);
    counters.set(id, opened);
    return opened;
  }

  const doErrand = async ({ group, run }: Errand) => run(await counterOf(group), draw);

  return {
    do: doErrand,
    async run(signal) {
      for (let done = 0; !signal.aborted; done++) {
        try {
          await doErrand((done < burst && ERRANDS[done]) || chosen(random()));
        } catch (error) {
          // Whoever could not go on signs in anew: the desk may have been restarted.
          counters.clear();
          onFailure(error as Error);
        }
        if (done >= burst) await pause(600 + random() * 800, signal);
      }
    },
  };
}

const ORGS: Record<Group, string> = {
  desk: 'customer-desk',
  billing: 'billing',
  supply: 'grid-desk',
  call_centre: CALL_CENTRE.id,
};

function createDraw(random: () => number): Draw {
  const people = samplePeople(new Date(0));
  const between = (from: number, to: number) => from + Math.floor(random() * (to - from + 1));
  return { between, customer: () => people[between(0, people.length - 1)]! };
}

const TOTAL_WEIGHT = ERRANDS.reduce((sum, { weight }) => sum + weight, 0);

function chosen(random: number): Errand {
  let left = random * TOTAL_WEIGHT;
  for (const errand of ERRANDS) {
    left -= errand.weight;
    if (left < 0) return errand;
  }
  // Rounding may leave a trace of weight at the very end.
  return ERRANDS.at(-1)!;
}

async function untilOrAborted(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(cause => {
    if (!signal.aborted) throw cause;
  });
}
