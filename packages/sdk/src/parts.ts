// SPDX-License-Identifier: Apache-2.0
// One act that touches many persons is one event per person, held together by the act's operation_id.
import { randomUUID } from 'node:crypto';
import { TrailError } from './errors.ts';
import type { Access, AccessRecord } from './words.ts';

export interface Act {
  /** Given when the act became several events. */
  operation_id?: string;
  /** How many events the act is. */
  events: number;
  event(index: number): AccessRecord;
}

/** An access about nobody stays one event of a population of 0, one about one person needs no part. */
export function partsOf(access: Access): Act {
  if (typeof access !== 'object' || access === null || access.subjects === undefined)
    return { events: 1, event: () => access };
  const { subjects, ...common } = access;
  for (const other of ['subject', 'population', 'part'] as const) {
    if (common[other] === undefined) continue;
    const message = `subjects makes one event per person and cannot stand beside ${other}; give one of the two`;
    throw new TrailError('INVALID_EVENT', message);
  }
  const refs = [...new Set(subjects)];
  if (refs.length === 0) return { events: 1, event: () => ({ ...common, population: { count: 0 } }) };
  if (refs.length === 1) return { events: 1, event: () => ({ ...common, subject: { ref: refs[0]! } }) };
  const operation_id = randomUUID();
  return {
    operation_id,
    events: refs.length,
    event: i => ({
      ...common,
      subject: { ref: refs[i]! },
      part: { operation_id, index: i + 1, of: refs.length },
    }),
  };
}
