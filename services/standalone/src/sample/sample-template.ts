// SPDX-License-Identifier: Apache-2.0
// What one kind of sample access looks like, and the people and things it is about. All of them are invented.
import type { AccessRecord } from '@ashiato/sdk';

/** The services that emit; each has its own numbers, so each needs its own trail. */
export const SAMPLE_SOURCES = [
  '/sample/customer-desk',
  '/sample/billing',
  '/sample/grid-desk',
  '/sample/marketing',
] as const;
export type SampleSource = (typeof SAMPLE_SOURCES)[number];

export interface SampleTemplate {
  /** What happens, in words. */
  name: string;
  source: SampleSource;
  /** How often, relative to the others. */
  weight: number;
  /** What the first policy says of it (strict); a test holds the two together. */
  expected: 'conforming' | 'undetermined' | 'violation';
  /** The events of one occurrence, in order. */
  accesses(draw: Draw): AccessRecord[];
}

/** Everything a template chooses, from one source of randomness. */
export interface Draw {
  /** A whole number, both ends included. */
  between(from: number, to: number): number;
  pick<T>(choices: readonly T[]): T;
  customer(): Customer;
  /** An id such as `T-20260602-0417`, of the day of the sample. */
  dated(kind: string): string;
  /** The month that is billed now, as `2026-06`. */
  month(): string;
}

export interface Customer {
  subject: { ref: string };
  contract: string;
}

const CUSTOMERS = 180;

/** Draws from `random` (0 up to, not including, 1) for events of the day of `at`. */
export function createDraw(random: () => number, at: Date): Draw {
  const between = (from: number, to: number) => from + Math.floor(random() * (to - from + 1));
  const day = at.toISOString().slice(0, 10);
  return {
    between,
    pick: choices => choices[between(0, choices.length - 1)]!,
    customer() {
      const number = 1001 + between(0, CUSTOMERS - 1);
      return { subject: { ref: `K-${number}` }, contract: `C-${number}` };
    },
    dated: kind => `${kind}-${day.replaceAll('-', '')}-${String(between(1, 400)).padStart(4, '0')}`,
    month: () => day.slice(0, 7),
  };
}

const person = (id: string, org: string, role: string) => ({ id, type: 'user' as const, org, role });
const two = (number: number) => String(number).padStart(2, '0');

/** Who acts: members of staff by number, and what runs by itself. */
export const actors = {
  callCentre: (draw: Draw) => person(`cc-${two(draw.between(1, 12))}`, 'callcentre-a', 'operator'),
  desk: (draw: Draw) => person(`st-1${two(draw.between(1, 9))}`, 'customer-desk', 'desk_clerk'),
  billing: (draw: Draw) => person(`st-2${two(draw.between(1, 6))}`, 'billing', 'billing_clerk'),
  grid: (draw: Draw) => person(`st-3${two(draw.between(1, 8))}`, 'grid-desk', 'supply_clerk'),
  field: (draw: Draw) => person(`st-4${two(draw.between(1, 5))}`, 'field-service', 'technician'),
  marketing: (draw: Draw) => person(`st-5${two(draw.between(1, 5))}`, 'marketing', 'marketer'),
  planning: (draw: Draw) => person(`st-6${two(draw.between(1, 3))}`, 'planning', 'analyst'),
  billingRun: () => ({ id: 'billing-run', type: 'batch' as const, org: 'billing' }),
  exchange: () => ({ id: 'switching-gateway', type: 'service' as const, org: 'grid-desk' }),
};
