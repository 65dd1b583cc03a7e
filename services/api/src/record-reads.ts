// SPDX-License-Identifier: Apache-2.0
// Reading the trail is an access like any other (DESIGN 2.6): one event per person whose records were shown.
import { randomUUID } from 'node:crypto';
import type { Trail } from '@ashiato/sdk';
import type { TrailRead } from './api-deps.ts';

/** A reader who is shown the same person again within this time has looked once. */
const ONE_LOOK_MS = 10 * 60_000;
const MOST_LOOKS = 100_000;

/**
 * Records reads through a trail of this service's own; resolves when the events are durable on this disk. A page
 * that is refreshed every few seconds adds an event only for a person not yet shown to that reader (with the same
 * case) in the last ten minutes; a read that shows nobody is recorded once in ten minutes as a population of 0. An
 * extract is recorded each time; one that is not about named persons as a population of its records.
 */
export function createReadRecorder({ trail, now }: { trail: Pick<Trail, 'record'>; now: () => number }) {
  const looks = new Map<string, number>();

  function isNew(look: string): boolean {
    const at = now();
    const last = looks.get(look);
    if (last !== undefined && at - last < ONE_LOOK_MS) return false;
    looks.delete(look);
    looks.set(look, at);
    if (looks.size > MOST_LOOKS) looks.delete(looks.keys().next().value!);
    return true;
  }

  return async function recordRead(read: TrailRead): Promise<void> {
    const reader = `${read.reader} ${read.operation} ${read.case ?? ''}`;
    // An extract leaves the house: each is an access of its own.
    const isExtract = read.operation === 'create_extract' || read.operation === 'read_extract';
    const seen = isExtract ? read.subjects : read.subjects.filter(subject => isNew(`${reader} ${subject}`));
    if (!isExtract && seen.length === 0 && (read.subjects.length > 0 || !isNew(reader))) return;
    const operation_id = randomUUID();
    const common = {
      actor: { id: read.reader, type: 'user', role: read.role },
      operation: 'use',
      fields: [],
      purpose: 'audit_review',
      ...(read.case === null ? {} : { refs: { order: read.case } }),
      lookup: { by: read.operation === 'list_records' ? 'list' : 'number' },
    } as const;
    const events = seen.map((ref, i) => ({
      ...common,
      subject: { ref },
      ...(seen.length > 1 ? { part: { operation_id, index: i + 1, of: seen.length } } : {}),
    }));
    const count = isExtract ? read.records : 0;
    if (events.length === 0) await trail.record({ ...common, fields: [], population: { count } });
    await Promise.all(events.map(event => trail.record({ ...event, fields: [] })));
  };
}
