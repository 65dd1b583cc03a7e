// SPDX-License-Identifier: Apache-2.0
// Bytes as received -> an event of ours with every problem named, or unreadable with a reason. Untrusted input
// is parsed here and nowhere else.
import { isUtf8 } from 'node:buffer';
import { accessEvent } from './access-event.ts';
import { type Checker, compileChecker, countMembers, type Problem } from './compile-checker.ts';
import { compileScanner } from './compile-scanner.ts';
import { contextEvents } from './context-event.ts';
import { controlEvents } from './control-event.ts';
import { locate, measure, type Span } from './json-structure.ts';
import { ACCESS_TYPE, BEACON_TYPE, MAX_EVENT_BYTES, SEAL_TYPE, type Stream } from './names.ts';
import { beaconEvent, sealEvent } from './seal-event.ts';
import type { UnreadableProblem } from './unreadable.ts';

/** A parsed CloudEvent whose members were checked; members named in `problems` are not as the schema says. */
export interface ParsedEvent {
  specversion: string;
  id: string;
  source: string;
  type: string;
  time?: string;
  sequence?: string;
  sourceepoch?: string;
  data?: Record<string, unknown>;
  [attribute: string]: unknown;
}

export interface DecodedEvent {
  kind: 'event';
  event: ParsedEvent;
  /** The bytes as received. */
  bytes: Buffer;
  /** The same, one character per byte. */
  text: string;
  problems: Problem[];
  /** Byte ranges of members that should not be there or are malformed, by JSON pointer: to be kept encrypted. */
  strays: Map<string, Span>;
}

export interface Unreadable {
  kind: 'unreadable';
  problem: UnreadableProblem;
}

export type Decoded = DecodedEvent | Unreadable;

const checkers: Record<Stream, Map<string, Checker>> = {
  access: new Map([
    [ACCESS_TYPE, compileChecker(accessEvent)],
    [SEAL_TYPE, compileChecker(sealEvent)],
    [BEACON_TYPE, compileChecker(beaconEvent)],
  ]),
  context: new Map(Object.entries(contextEvents).map(([type, schema]) => [type, compileChecker(schema)])),
  control: new Map(Object.entries(controlEvents).map(([type, schema]) => [type, compileChecker(schema)])),
};
for (const stream of ['context', 'control'] as const) {
  checkers[stream].set(BEACON_TYPE, compileChecker(beaconEvent));
  checkers[stream].set(SEAL_TYPE, compileChecker(sealEvent));
}

const scanAccess = compileScanner(accessEvent);

const NO_STRAYS: Map<string, Span> = new Map();
const unreadable = (problem: UnreadableProblem): Unreadable => ({ kind: 'unreadable', problem });

/** Decodes one message of `stream`. Total: any bytes give a value, none throws. */
export function decode(stream: Stream, bytes: Uint8Array | null): Decoded {
  if (bytes === null || bytes.length === 0) return unreadable('empty');
  if (bytes.length > MAX_EVENT_BYTES) return unreadable('too_large');
  const buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const text = buffer.toString('latin1');
  const scanned = stream === 'access' ? scanAccess(buffer, text) : undefined;
  if (scanned) {
    return {
      kind: 'event',
      event: scanned as ParsedEvent,
      bytes: buffer,
      text,
      problems: [],
      strays: NO_STRAYS,
    };
  }
  return decodeSlowly(stream, buffer, text);
}

/** The long way, for every spelling and every problem; where the scanner speaks, both give the same. */
export function decodeSlowly(stream: Stream, buffer: Buffer, text: string): Decoded {
  if (!isUtf8(buffer)) return unreadable('invalid_utf8');
  const parsed = parse(buffer);
  if (parsed === undefined) return unreadable('invalid_json');
  const { members, depth } = measure(text);
  if (depth > 32) return unreadable('too_deep');
  const event = parsed as ParsedEvent;
  const problem = envelopeProblem(parsed);
  if (problem) return unreadable(membersDiffer(parsed, members) ?? problem);
  const check = checkers[stream].get(event.type);
  if (!check) return unreadable(membersDiffer(parsed, members) ?? 'unknown_type');
  const problems: Problem[] = [];
  if (check(event, problems) !== members) return unreadable('duplicate_member');
  if (text.includes('\\')) return decodeEscaped(event, { bytes: buffer, text }, problems);
  if (problems.length === 0)
    return { kind: 'event', event, bytes: buffer, text, problems, strays: NO_STRAYS };
  return withStrays(event, { bytes: buffer, text }, problems);
}

/**
 * Byte ranges of the values of `data.actor`, `data.on_behalf_of` and `data.site` in the text of an event
 * (start -1 when absent): what the leaf of its record covers by a digest only (DESIGN 6).
 */
export function whoSpans(text: string): readonly number[] {
  return text.includes('\\') ? locateWho(text) : measure(text).who;
}

/** Text with escapes: member names may be spelled with them, and surrogates may stand alone. */
function decodeEscaped(event: ParsedEvent, spelled: Spelled, problems: Problem[]): Decoded {
  if (!wellFormed(event)) return unreadable('lone_surrogate');
  return withStrays(event, spelled, problems);
}

/** The three who spans by full walk: right for member names spelled with escapes too. */
function locateWho(text: string): number[] {
  const pointers = ['/data/actor', '/data/on_behalf_of', '/data/site'];
  const spans = locate(text, new Set(pointers));
  return pointers.flatMap(pointer => {
    const span = spans.get(pointer);
    return span ? [span.start, span.end] : [-1, -1];
  });
}

type Spelled = Pick<DecodedEvent, 'bytes' | 'text'>;

function withStrays(event: ParsedEvent, spelled: Spelled, problems: Problem[]): Decoded {
  if (hasLargeNumber(event)) return unreadable('number_too_large');
  const stray = problems.filter(p => p.kind !== 'missing');
  if (stray.some(p => p.kind === 'outside_schema' && !PLAIN_NAME.test(p.member))) {
    return unreadable('strange_member_name');
  }
  const pointers = new Set(stray.map(p => p.member));
  const strays = pointers.size > 0 ? locate(spelled.text, pointers) : NO_STRAYS;
  return { kind: 'event', event, ...spelled, problems, strays };
}

function parse(buffer: Buffer): unknown {
  try {
    return JSON.parse(buffer.toString('utf8'));
  } catch {
    return undefined; // the caller turns this into `invalid_json`; a JSON text never parses to undefined
  }
}

/** Without these four no event can be told from noise (CloudEvents 1.0 "REQUIRED" attributes). */
function envelopeProblem(value: unknown): UnreadableProblem | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'not_a_cloudevent';
  const { specversion, id, source, type } = value as Record<string, unknown>;
  const complete = specversion === '1.0' && isId(id, 128) && isId(source, 256) && typeof type === 'string';
  return complete ? undefined : 'not_a_cloudevent';
}

const ID = /^[A-Za-z0-9/][A-Za-z0-9._:/@+=#~%-]*$/;
const isId = (value: unknown, longest: number) =>
  typeof value === 'string' && value.length <= longest && ID.test(value);

/** A member's name stays in clear when its value is encrypted, so it MUST look like a name in a program. */
const PLAIN_NAME = /^(?:\/(?:[a-z][A-Za-z0-9_]{0,63}|\d{1,3}))+$/;

const membersDiffer = (value: unknown, members: number): UnreadableProblem | undefined =>
  countMembers(value) === members ? undefined : 'duplicate_member';

/** Every string and every member name is well-formed UTF-16 (no lone surrogate came in through an escape). */
function wellFormed(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed();
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([name, member]) => name.isWellFormed() && wellFormed(member));
}

function hasLargeNumber(value: unknown): boolean {
  if (typeof value === 'number') return Math.abs(value) >= 2 ** 53;
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).some(hasLargeNumber);
}
