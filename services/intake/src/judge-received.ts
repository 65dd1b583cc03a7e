// SPDX-License-Identifier: Apache-2.0
// What stands before the queue: which stream an event belongs to, under which key, and what is wrong with it.
import {
  type DecodedEvent,
  decode,
  MAX_EVENT_BYTES,
  type Problem,
  type Stream,
  type Unreadable,
} from '@ashiato/schema';
import type { Received } from './received.ts';

export type Judged = Received &
  (
    | { kind: 'event'; stream: Stream; key: string; id: string; source: string; problems: Problem[] }
    | { kind: 'unreadable'; problem: Unreadable['problem'] }
    | { kind: 'too_large' }
  );

export function judge(received: Received): Judged {
  if (received.bytes.length > MAX_EVENT_BYTES) return { ...received, kind: 'too_large' };
  const decoded = decode('access', received.bytes);
  if (decoded.kind === 'event') return { ...received, ...known('access', decoded) };
  if (decoded.problem === 'unknown_type') {
    for (const stream of ['context', 'control'] as const) {
      const other = decode(stream, received.bytes);
      if (other.kind === 'event') return { ...received, ...known(stream, other) };
    }
  }
  return { ...received, kind: 'unreadable', problem: decoded.problem };
}

function known(stream: Stream, { event, problems }: DecodedEvent) {
  const { id, source } = event;
  return { kind: 'event' as const, stream, key: keyOf(event, problems), id, source, problems };
}

/** One source's events lie in one partition, in order: by source and epoch, or by what the emitter says. */
function keyOf({ partitionkey, sourceepoch, source }: DecodedEvent['event'], problems: Problem[]): string {
  const wrong = (member: string) => problems.some(problem => problem.member === member);
  if (typeof partitionkey === 'string' && !wrong('/partitionkey')) return partitionkey;
  return typeof sourceepoch === 'string' && !wrong('/sourceepoch') ? `${source}#${sourceepoch}` : source;
}
