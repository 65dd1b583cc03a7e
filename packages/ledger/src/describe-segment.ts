// SPDX-License-Identifier: Apache-2.0
// One pass over a segment gives its entry in the log and its indexes. Both follow from the stored bytes, and from
// nothing else: two notaries, or an auditor years later, come to the same.
import { createHash, hash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type AuditLine, type EventLine, type ParsedEvent, parseInstant, timestamp } from '@ashiato/schema';
import { leafHash, rootOf, toHex } from '@ashiato/tlog';
import { LedgerError } from './errors.ts';
import { createLeafHasher } from './leaf-hasher.ts';
import {
  INDEX_NAMES,
  type IndexEntry,
  type IndexName,
  type SegmentLeaf,
  UNKNOWN_KEY,
} from './proof/index.ts';
import { compareKeys } from './proof/index-lookup.ts';
import { LEAF_FORMAT } from './proof/log-leaf.ts';
import { parseLine, type Segment } from './segment.ts';
import { actorKey, headOf, type SegmentIndex } from './segment-index.ts';
import { storedLeaf } from './stored-leaves.ts';

export interface SegmentDescription {
  leaf: SegmentLeaf;
  index: SegmentIndex;
}

const LINES_A_TURN = 1_000;
const COMMITMENT = /^sha256:[0-9a-f]{64}$/;

/** In turns of some milliseconds, so that a server in this process goes on answering. */
export async function describeSegment(segment: Segment): Promise<SegmentDescription> {
  const { header, raw, key } = segment;
  const tally = createTally();
  const hasher = createLeafHasher();
  const headerEnd = raw.indexOf(10);
  const leaves: Uint8Array[] = [leafHash(raw.subarray(0, headerEnd))];
  for (let start = headerEnd + 1; start < raw.length; ) {
    const end = raw.indexOf(10, start);
    if (end < 0) throw new LedgerError('SEGMENT_SHAPE', `${key}: the last line does not end`);
    leaves.push(storedLeaf(raw.toString('latin1', start, end), hasher));
    tally.add(parseLine(key, leaves.length - 1, raw.toString('utf8', start, end)) as AuditLine);
    start = end + 1;
    if (leaves.length % LINES_A_TURN === 0) await nextTurn();
  }
  const root = toHex(rootOf(Buffer.concat(leaves)));
  await nextTurn();
  const { facts, index } = tally.finish(segment.sha256);
  const leaf: SegmentLeaf = {
    format: LEAF_FORMAT,
    kind: 'segment',
    key: segment.key,
    stream: header.stream,
    partition: header.partition,
    from: header.from,
    to: header.to,
    records: header.records,
    ...facts,
    root,
    sha256: segment.sha256,
    stored_sha256: segment.stored_sha256,
    previous: header.previous,
    version_id: segment.version_id,
    policies: [...new Set(header.policies.map(({ sha256 }) => sha256))],
    actor_salt_sha256: hash('sha256', Buffer.from(index.actor_salt, 'hex'), 'hex'),
    indexes: {
      subject: headOf(index.entries.subject),
      contract: headOf(index.entries.contract),
      actor: headOf(index.entries.actor),
      recipient: headOf(index.entries.recipient),
    },
  };
  return { leaf, index };
}

function createTally() {
  const keys = Object.fromEntries(INDEX_NAMES.map(name => [name, new Map<string, number[]>()])) as Record<
    IndexName,
    Map<string, number[]>
  >;
  const counts = { conforming: 0, undetermined: 0, violation: 0, unjudged: 0, unreadable: 0 };
  const salts = createHash('sha256').update('ashiato.index.v1 actor\0');
  const times = createRange();
  const appended = createRange();
  let untimed = 0;

  function put(name: IndexName, key: string, offset: number): void {
    const offsets = keys[name].get(key);
    if (offsets) offsets.push(offset);
    else keys[name].set(key, [offset]);
  }

  return {
    add(line: AuditLine): void {
      const { offset } = line;
      appended.add(line.appended_at);
      if ('unreadable' in line) {
        counts.unreadable++;
        untimed++;
        for (const name of INDEX_NAMES) put(name, UNKNOWN_KEY, offset);
        return;
      }
      counts[line.verdict?.outcome ?? 'unjudged']++;
      salts.update(Buffer.from(line.salt ?? '', 'hex'));
      const event = eventOf(line);
      const time = timestamp.safeParse(event.time);
      if (time.success) times.add(parseInstant(time.data.toUpperCase()));
      else untimed++;
      const found = keysOf(event);
      for (const name of INDEX_NAMES) for (const key of found[name]) put(name, key, offset);
    },
    finish(segment_sha256: string) {
      // Known to whoever holds the whole segment: one record's salt, shown in an extract, does not open the others.
      const actor_salt = salts.digest('hex');
      const hidden = new Map(
        [...keys.actor].map(([id, offsets]) => [id === UNKNOWN_KEY ? id : actorKey(actor_salt, id), offsets]),
      );
      const entries = {
        subject: sorted(keys.subject),
        contract: sorted(keys.contract),
        actor: sorted(hidden),
        recipient: sorted(keys.recipient),
      };
      const index: SegmentIndex = { segment_sha256, actor_salt, entries };
      return { facts: { counts, appended: appended.range()!, time: times.range(), untimed }, index };
    },
  };
}

function createRange() {
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  return {
    add(value: number): void {
      if (value < first) first = value;
      if (value > last) last = value;
    },
    range: () => (first > last ? null : { first, last }),
  };
}

const sorted = (keys: ReadonlyMap<string, number[]>): IndexEntry[] =>
  [...keys].map(([key, offsets]) => ({ key, offsets })).sort((a, b) => compareKeys(a.key, b.key));

function eventOf({ offset, event, event_b64 }: EventLine): ParsedEvent {
  const value = event_b64 === undefined ? event : parsed(event_b64);
  if (typeof value === 'object' && value !== null) return value as ParsedEvent;
  throw new LedgerError('SEGMENT_SHAPE', `offset ${offset}: the line holds no event`);
}

function parsed(base64: string): unknown {
  try {
    return JSON.parse(Buffer.from(base64, 'base64').toString('utf8'));
  } catch {
    return undefined; // the caller says so, with the offset
  }
}

const NO_ACCESS = /^io\.ashiato\.(?:beacon|seal|context|control)\./;

/** Under which keys an event stands. Context events name subject and contract directly, access events in a member. */
function keysOf({ type, data }: ParsedEvent): Record<IndexName, Iterable<string>> {
  const isAccess = !NO_ACCESS.test(type);
  const category = textAt(data, 'recipient', 'category');
  const id = textAt(data, 'recipient', 'id');
  const recipient = category && id && !COMMITMENT.test(id) ? `${category}/${id}` : id;
  return {
    subject: keyOf(textAt(data, 'subject', 'ref') ?? textAt(data, 'subject'), isAccess),
    contract: keyOf(textAt(data, 'refs', 'contract') ?? textAt(data, 'contract')),
    actor: keyOf(textAt(data, 'actor', 'id') ?? textAt(data, 'actor'), isAccess),
    recipient: new Set([...keyOf(category), ...keyOf(recipient)]),
  };
}

function keyOf(key: string | undefined, isNeeded = false): string[] {
  if (key === undefined) return isNeeded ? [UNKNOWN_KEY] : [];
  return [COMMITMENT.test(key) ? UNKNOWN_KEY : key];
}

/** The text at a path of members; a commitment on the way stands for whatever it hides. */
function textAt(value: unknown, ...path: string[]): string | undefined {
  let at = value;
  for (const name of path) {
    if (typeof at === 'string' && COMMITMENT.test(at)) return at;
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, name)) return undefined;
    at = (at as Record<string, unknown>)[name];
  }
  return typeof at === 'string' ? at : undefined;
}
