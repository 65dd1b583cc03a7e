// SPDX-License-Identifier: Apache-2.0
// For tests of this room: services that seal as the sdk does, and a real ledger in a folder that takes what they say.
import { generateKeyPairSync, hash, type KeyObject, sign } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createLedger,
  cutMembers,
  delivered,
  digestOf,
  encryptMember,
  newRecordKey,
  type RecordDraft,
  type Segment,
} from '@ashiato/ledger';
import { openObjectStore } from '@ashiato/objects';
import type { RegisteredSystem, SourceRegister } from '@ashiato/policy/registers';
import { isUnder } from '@ashiato/policy/registers';
import {
  ACCESS_TYPE,
  BEACON_TYPE,
  decode,
  SEAL_TYPE,
  type Seal,
  type Stream,
  signedText,
} from '@ashiato/schema';
import { leafHash, rootOf, toHex } from '@ashiato/tlog';
import { onTestFinished } from 'vitest';
import type { TrailStore } from './read-partition.ts';

/** 2026-05-31T14:00:00Z. */
export const START = Date.UTC(2026, 4, 31, 14);
const MINUTE = 60_000;

export interface Said {
  /** ms since 1970: the source's clock, and the broker's unless said otherwise. */
  at: number;
  text: string;
}

export function newKey() {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return {
    privateKey,
    publicKey: Buffer.from(publicKey.export({ format: 'jwk' }).x!, 'base64url').toString('base64'),
  };
}

/** A register with one key for everything under /s, and systems as given. */
export function registerOf(publicKey: string, systems: RegisteredSystem[] = []): SourceRegister {
  return {
    sha256: hash('sha256', JSON.stringify([publicKey, systems])),
    keyAt: source => (isUnder(source, '/s') ? publicKey : undefined),
    systems: () => systems,
  };
}

export const system = (
  id: string,
  sources: string[],
  more: Partial<RegisteredSystem> = {},
): RegisteredSystem => ({
  id,
  ja: id,
  en: id,
  fields: ['basic'],
  sources,
  from: '2024-04-01',
  to: null,
  known_since: '2024-04-01',
  ...more,
});

/** One life of a source, minute by minute. */
export class Service {
  readonly said: Said[] = [];
  entries: Uint8Array[] = [];
  number = 0;
  sealed = 0;
  previousSeal: string | undefined;
  readonly source: string;
  readonly epoch: number;
  readonly key: KeyObject;
  at: number;

  constructor(source: string, epoch: number, key: KeyObject, at = START) {
    this.source = source;
    this.epoch = epoch;
    this.key = key;
    this.at = at;
  }

  /** So many accesses, each a millisecond after the one before. */
  access(count = 1): this {
    for (let i = 0; i < count; i++) {
      this.at++;
      const text = accessText(this.source, this.at, { epoch: this.epoch, sequence: ++this.number });
      this.entries.push(leafHash(Buffer.from(hash('sha256', text, 'hex'), 'hex')));
      this.said.push({ at: this.at, text });
    }
    return this;
  }

  wait(minutes = 1): this {
    this.at += minutes * MINUTE;
    return this;
  }

  seal(reason: Seal['reason'] = 'interval', change: Partial<Seal> = {}, key = this.key): this {
    const unsigned = {
      source: this.source,
      epoch: String(this.epoch),
      first: String(this.sealed + 1),
      last: String(this.number),
      root: toHex(rootOf(Buffer.concat(this.entries))),
      ...(this.previousSeal && { previous_seal: this.previousSeal }),
      interval: 60,
      time: new Date(this.at).toISOString(),
      ...(reason && { reason }),
      ...change,
    };
    const data = {
      ...unsigned,
      signature: sign(null, Buffer.from(signedText(unsigned)), key).toString('base64'),
    };
    const text = eventText(SEAL_TYPE, this.source, this.at, { sourceepoch: String(this.epoch), data });
    this.said.push({ at: this.at, text });
    this.previousSeal = hash('sha256', text);
    this.sealed = this.number;
    this.entries = [];
    return this;
  }

  /** A whole life: so many accesses in each minute, a seal behind each, and a stop. */
  live(minutes: readonly number[], change: { start?: Partial<Seal>; stop?: boolean } = {}): this {
    this.seal('start', change.start);
    for (const count of minutes) this.access(count).wait().seal();
    return change.stop === false ? this : this.seal('stop');
  }
}

let events = 0;
export const eventText = (type: string, source: string, at: number, more: object): string =>
  JSON.stringify({
    specversion: '1.0',
    id: `e-${++events}`,
    source,
    type,
    time: new Date(at).toISOString(),
    datacontenttype: 'application/json',
    ...more,
  });

export const accessText = (
  source: string,
  at: number,
  at2: { epoch?: number; sequence?: number } = {},
): string =>
  eventText(ACCESS_TYPE, source, at, {
    ...(at2.sequence === undefined ? {} : { sequence: String(at2.sequence), sourceepoch: String(at2.epoch) }),
    data: {
      actor: { id: 'E-1', type: 'user' },
      operation: 'use',
      fields: ['basic.name'],
      purpose: 'billing',
    },
  });

export const beacon = (at: number): Said => ({
  at,
  text: eventText(BEACON_TYPE, '/ashiato/recorder/1', at, { data: { recorder: 'r-1' } }),
});

export const byTime = (...lists: readonly (readonly Said[])[]): Said[] =>
  lists.flat().sort((a, b) => a.at - b.at);

export type TestTrail = ReturnType<typeof openTestTrail>;

/** A ledger in a folder of its own; gone when the test is done. */
export function openTestTrail(register: SourceRegister) {
  const dir = mkdtempSync(join(tmpdir(), 'ashiato-completeness-'));
  const objects = openObjectStore(`file:${dir}`, {});
  const ledger = createLedger({ objects });
  onTestFinished(async () => {
    await objects.close();
    rmSync(dir, { recursive: true, force: true });
  });
  const store: TrailStore = { ledger, objects, register };
  /** Commits what was said, `each` records a segment, as the recorder would. */
  async function commit(
    said: readonly Said[],
    { stream = 'access' as Stream, partition = 0, each = 50 } = {},
  ): Promise<Segment[]> {
    const tip = await ledger.takeOver(stream, partition);
    const segments: Segment[] = [];
    for (let i = 0; i < said.length; i += each) {
      const keys = new Map<number, string>();
      const records = said.slice(i, i + each).map(({ at, text }, j): RecordDraft => {
        const offset = tip.next + j;
        const decoded = decode(stream, Buffer.from(text));
        const key = newRecordKey();
        const id = `${stream}.${partition}.${offset}`;
        if (decoded.kind === 'unreadable') {
          const encrypted = encryptMember(key, id, '', Buffer.from(text));
          return {
            kind: 'unreadable',
            offset,
            appendedAt: at,
            problem: decoded.problem,
            bytes: text.length,
            encrypted,
          };
        }
        const strays = new Set(decoded.strays.keys());
        const delivery = tip.sources.place(delivered(decoded.event, digestOf(decoded.text, strays), offset));
        const plain = { kind: 'event' as const, offset, appendedAt: at, verdict: 'null', delivery };
        if (strays.size === 0) return { ...plain, text: decoded.text, bytes: decoded.bytes };
        keys.set(offset, key.toString('base64'));
        return { ...plain, ...cutMembers(decoded.text, decoded.strays, key, id) };
      });
      const facts = { gaps: [], policies: [], sources: tip.sources.takeTouched(), clusterId: null, keys };
      const who = { createdAt: new Date(said[i]!.at), recorder: 'test', evaluator: 'test' };
      const committed = await ledger.commit(tip, { records, ...facts, ...who });
      if (committed === 'lost') throw new Error('another recorder was here');
      segments.push(committed.segment);
    }
    return segments;
  }
  return { dir, store, commit };
}
