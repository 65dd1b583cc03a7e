// SPDX-License-Identifier: Apache-2.0
// One seal against what came before it (EVIDENCE 3): who signed it, where it stands, and whether its root is theirs.
import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { type Seal, signedText } from '@ashiato/schema';
import { toHex } from '@ashiato/tlog';
import type { Epoch } from './epoch.ts';
import type { EpochFacts, Fault } from './facts.ts';
import { createNumbers } from './numbers.ts';
import type { SourceRecord } from './read-records.ts';

/** A seal's own time ahead of the broker's by more than this is a clock that disagrees, ms. */
const CLOCK_AHEAD_MS = 5 * 60_000;
/** Silence = more than this many intervals without a seal. */
export const SILENT_AFTER = 3;

/** Where, and the time it may be about, are the record's unless told otherwise. */
export type TellFault = (told: Pick<Fault, 'code'> & Partial<Fault>) => void;
type KeyOf = (source: string, at: number) => KeyObject | undefined;

/** The key registered for a source at an instant (base64 of 32 bytes), or undefined. */
export type KeyAt = (source: string, at: number) => string | undefined;

/** Takes one seal: its signature, its place behind the seal before it, its clock, and its events. */
export function takeSeal(
  record: SourceRecord,
  epoch: Epoch,
  found: EpochFacts,
  { keyOf, fault }: { keyOf: KeyOf; fault: TellFault },
): void {
  const { seal } = record;
  if (!seal || seal.source !== record.source || seal.epoch !== record.epoch)
    return void fault({ code: 'malformed_seal' });
  const key = keyOf(record.source, record.appendedAt);
  if (!key) return; // it counts for nothing, and the statement says that the source is unknown
  const [first, last] = [Number(seal.first), Number(seal.last)];
  const range = last < first ? {} : { first, last };
  if (!verify(null, Buffer.from(signedText(seal)), key, Buffer.from(seal.signature, 'base64')))
    return void fault({ code: 'forged_seal', ...range });
  if (!epoch.keyed && epoch.unkeyed) epoch.numbers = createNumbers(last + 1);
  epoch.keyed = true;
  // The key was registered when numbers of this seal had gone by.
  const unhashed = epoch.lastSeal === null && first < epoch.numbers.first && last >= first;
  if ((first < epoch.numbers.first && !unhashed) || last < first - 1)
    return void fault({ code: 'overlapping_seal', ...range });
  checkClock(seal, record, epoch, fault);
  if (unhashed) fault({ code: 'not_checked', ...range, reason: 'unhashed' });
  else {
    checkPlace(seal, epoch, fault);
    checkNumbers(seal, epoch, fault);
  }
  accept(seal, epoch, found);
  epoch.previousSeal = record.digest!.toString('hex');
}

function accept(seal: Seal, epoch: Epoch, found: EpochFacts): void {
  const last = Number(seal.last);
  found.seals++;
  found.sealed_to = Math.max(found.sealed_to, last);
  found.last_seal = epoch.lastSeal = Date.parse(seal.time);
  found.interval = epoch.interval = seal.interval;
  found.stopped = epoch.stopped = seal.reason === 'stop';
  if (seal.previous_epoch) {
    const { epoch: named, last: end } = seal.previous_epoch;
    found.previous_epoch = epoch.previousEpoch = { epoch: named, last: Number(end) };
  }
  epoch.numbers.sealed(last);
}

/** A seal follows the one before it: by its range and by the SHA-256 of that seal's bytes. */
function checkPlace(seal: Seal, epoch: Epoch, fault: TellFault): void {
  const expected = epoch.numbers.first;
  const first = Number(seal.first);
  const chained = (seal.previous_seal ?? null) === epoch.previousSeal;
  if (first > expected) fault({ code: 'missing_seal', first: expected, last: first - 1 });
  else if (!chained) fault({ code: 'missing_seal' });
}

function checkClock(seal: Seal, { appendedAt }: SourceRecord, epoch: Epoch, fault: TellFault): void {
  const time = Date.parse(seal.time);
  const before = epoch.lastSeal;
  if (time - appendedAt > CLOCK_AHEAD_MS || (before !== null && time < before))
    fault({ code: 'clock', since: Math.min(before ?? appendedAt, time) });
  else if (before !== null && time - before > SILENT_AFTER * epoch.interval * 1000)
    fault({ code: 'silent', since: before, until: time });
}

function checkNumbers({ first: from, last: to, root }: Seal, { numbers }: Epoch, fault: TellFault): void {
  const [first, last] = [Number(from), Number(to)];
  for (const [a, b] of numbers.missing(last)) fault({ code: 'missing_numbers', first: a, last: b });
  const found = first > numbers.first ? 'seal_missing_before' : numbers.root(last);
  if (found === 'numbers_missing') return; // said above, number by number
  if (typeof found === 'string') fault({ code: 'not_checked', first, last, reason: found });
  else if (toHex(found) !== root) fault({ code: 'altered', first, last });
}

/** Keys as objects, each made once. */
export function cachedKeys(keyAt: KeyAt): KeyOf {
  const made = new Map<string, KeyObject>();
  return (source, at) => {
    const text = keyAt(source, at);
    if (text === undefined) return undefined;
    const key = made.get(text) ?? publicKeyOf(text);
    made.set(text, key);
    return key;
  };
}

function publicKeyOf(base64: string): KeyObject {
  const x = Buffer.from(base64, 'base64').toString('base64url');
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
}
