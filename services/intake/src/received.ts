// SPDX-License-Identifier: Apache-2.0
// A request's body -> the bytes of each event as they were sent, with where they stood.
import type { IncomingHttpHeaders } from 'node:http';
import { elementsOf } from './batch-elements.ts';
import { binaryEvent } from './binary-event.ts';
import { IntakeError } from './problems.ts';

export const MAX_BODY_BYTES = 4 * 1024 * 1024;
export const MAX_EVENTS = 10_000;

/** One event's bytes as received. */
export interface Received {
  bytes: Buffer;
  /** 1-based line of the body, with NDJSON. */
  line?: number;
}

export const CONTENT_TYPES = [
  'application/cloudevents+json',
  'application/x-ndjson',
  'application/cloudevents-batch+json',
] as const;

/** Throws `content_type`, `invalid_header` or `too_many_events`. */
export function receivedIn(headers: IncomingHttpHeaders, body: Buffer): Received[] {
  const mediaType = (headers['content-type'] ?? '').split(';')[0]!.trim().toLowerCase();
  switch (mediaType) {
    case 'application/cloudevents+json':
      if (body.length === 0) throw new IntakeError('bad_request', 'expected one event, got an empty body');
      return [{ bytes: body }];
    case 'application/x-ndjson':
      return countedAll(linesOf(body));
    case 'application/cloudevents-batch+json':
      return countedAll(elementsOf(body).map(bytes => ({ bytes })));
  }
  // Binary mode: the media type is the data's, and the ce- headers hold the rest (HTTP binding 3.1).
  if (mediaType === 'application/json' && headers['ce-specversion'] !== undefined) {
    return [{ bytes: binaryEvent(headers, body) }];
  }
  throw new IntakeError(
    'content_type',
    `expected ${CONTENT_TYPES.join(', ')}, or application/json with ce- headers; got ${mediaType.slice(0, 100) || 'none'}`,
  );
}

/** Lines end with LF or CR LF; what is between is kept as it is. Lines without any bytes hold no event. */
function linesOf(body: Buffer): Received[] {
  const lines: Received[] = [];
  for (let start = 0, line = 1; start < body.length; line++) {
    const found = body.indexOf(10, start);
    const next = found === -1 ? body.length : found;
    const end = next > start && body[next - 1] === 13 ? next - 1 : next;
    if (end > start) lines.push({ bytes: body.subarray(start, end), line });
    start = next + 1;
  }
  return lines;
}

function countedAll(received: Received[]): Received[] {
  if (received.length <= MAX_EVENTS) return received;
  throw new IntakeError(
    'too_many_events',
    `expected at most ${MAX_EVENTS} events in one body, got ${received.length}; send several bodies`,
  );
}
