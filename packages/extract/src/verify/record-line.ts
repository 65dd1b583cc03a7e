// SPDX-License-Identifier: Apache-2.0
// One line of records.jsonl: a record's public line verbatim, and the digest of who it was, or salt and who.
import {
  type EventLine,
  type ParsedEvent,
  parseInstant,
  timestamp,
  type UnreadableLine,
} from '@ashiato/schema';
import { fromHex, leafHash, sha256 } from '@ashiato/tlog';
import type { Facts } from './selection.ts';

export interface ShownRecord extends Facts {
  /** `<stream>.<partition>.<offset>` */
  id: string;
  place: string;
  offset: number;
  /** Its leaf in the segment's tree. */
  leaf: Uint8Array;
  /** The public line, parsed. */
  line: EventLine | UnreadableLine;
  event: ParsedEvent | null;
  staff: Record<string, unknown> | null;
}

const encoder = new TextEncoder();
const LINE =
  /^\{"id":"([a-z][a-z0-9-]*\.\d+)\.(\d+)",(?:"who_sha256":"([0-9a-f]{64})"|"salt":"([0-9a-f]*)","who":("(?:[^"\\]|\\.)*")),"record":(\{.*\})\}$/s;

export function formatRecordLine(
  id: string,
  publicLine: string,
  who: { sha256: string } | { salt: string; text: string },
): string {
  const whose =
    'sha256' in who
      ? `"who_sha256":"${who.sha256}"`
      : `"salt":"${who.salt}","who":${JSON.stringify(who.text)}`;
  return `{"id":"${id}",${whose},"record":${publicLine}}`;
}

/** SHA-256(salt || who), as the leaf holds it. */
export const whoDigest = (salt: string, who: string): Uint8Array =>
  sha256(joined(fromHex(salt) ?? new Uint8Array(0), encoder.encode(who)));

/** Undefined for what is no such line. Untrusted input. */
export function parseRecordLine(text: string): ShownRecord | undefined {
  const [, place, offset, digest, salt, quoted, publicLine] = LINE.exec(text) ?? [];
  if (place === undefined || publicLine === undefined) return undefined;
  const line = jsonOf(publicLine) as EventLine & UnreadableLine;
  const who = quoted === undefined ? undefined : jsonOf(quoted);
  if (line?.offset !== Number(offset) || (quoted !== undefined && JSON.stringify(who) !== quoted))
    return undefined;
  const hidden = digest === undefined ? whoDigest(salt!, who as string) : fromHex(digest)!;
  const event = eventOf(line);
  if (event === undefined) return undefined;
  const staff = typeof who === 'string' ? (jsonOf(who.split('\0')[0]!) as Record<string, unknown>) : null;
  return {
    id: `${place}.${offset}`,
    place,
    offset: line.offset,
    leaf: leafHash(joined(encoder.encode(publicLine), hidden)),
    line,
    event,
    at: timeOf(event) ?? line.appended_at,
    data: (event?.data as Record<string, unknown> | undefined) ?? null,
    actor: typeof staff?.id === 'string' ? staff.id : null,
    staff: staff ?? null,
    verdict: line.verdict?.outcome ?? null,
    clauses: line.verdict?.findings.flatMap(({ clauses }) => clauses) ?? [],
  };
}

function eventOf(line: EventLine & { unreadable?: unknown }): ParsedEvent | null | undefined {
  if (line.unreadable !== undefined) return null;
  if (line.event_b64 === undefined) return line.event as ParsedEvent | undefined;
  const bytes = Uint8Array.from(atob(line.event_b64), char => char.charCodeAt(0));
  return jsonOf(new TextDecoder().decode(bytes)) as ParsedEvent | undefined;
}

function timeOf(event: ParsedEvent | null): number | undefined {
  const time = timestamp.safeParse(event?.time);
  return time.success ? parseInstant(time.data.toUpperCase()) : undefined;
}

/** Undefined for what is no JSON. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const whole = new Uint8Array(first.length + second.length);
  whole.set(first);
  whole.set(second, first.length);
  return whole;
}
