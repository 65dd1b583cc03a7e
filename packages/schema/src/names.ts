// SPDX-License-Identifier: Apache-2.0
// The names that several processes must spell alike: streams, topics, event types, roles of a delivery.

/** The three streams that walk through the recorder (DESIGN 5). A stream's name is part of every object key. */
export const STREAMS = ['access', 'context', 'control'] as const;
export type Stream = (typeof STREAMS)[number];

/** Topic of each stream; the topic's `v1` is the major version of the event shapes on it. */
export const TOPICS: Record<Stream, string> = {
  access: 'ashiato.access.v1',
  context: 'ashiato.context.v1',
  control: 'ashiato.control.v1',
};

export const ACCESS_TYPE = 'io.ashiato.access.v1';
export const SEAL_TYPE = 'io.ashiato.seal.v1';
export const BEACON_TYPE = 'io.ashiato.beacon.v1';

/** Bodies over this many bytes count as unreadable (DESIGN 6). */
export const MAX_EVENT_BYTES = 65_536;

/** A record's id: `<stream>.<partition>.<offset>` (DESIGN 9). */
export function formatRecordId(stream: string, partition: number, offset: number): string {
  return `${stream}.${partition}.${offset}`;
}

const RECORD_ID = /^([a-z][a-z0-9-]{0,62})\.(0|[1-9]\d{0,4})\.(0|[1-9]\d{0,15})$/;

/** Reads a record id; `undefined` when the text is not one. */
export function parseRecordId(id: string): { stream: string; partition: number; offset: number } | undefined {
  const found = RECORD_ID.exec(id);
  if (!found) return undefined;
  return { stream: found[1]!, partition: Number(found[2]), offset: Number(found[3]) };
}
