// SPDX-License-Identifier: Apache-2.0
// For tests of this room: a ledger on a real folder store, and drafts made from event texts.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ObjectStore, openObjectStore } from '@ashiato/objects';
import { decode } from '@ashiato/schema';
import { cutMembers, encryptMember, newRecordKey } from './encrypt-members.ts';
import { createLedger, type Ledger, type Tip } from './ledger.ts';
import type { RecordDraft, SegmentDraft } from './record-draft.ts';
import { delivered, digestOf } from './replay-segment.ts';

export interface TestLedger {
  ledger: Ledger;
  objects: ObjectStore;
  dir: string;
  close(): Promise<void>;
}

export function openTestLedger(): TestLedger {
  const dir = mkdtempSync(join(tmpdir(), 'ashiato-ledger-'));
  const objects = openObjectStore(`file:${dir}`, {});
  return {
    ledger: createLedger({ objects }),
    objects,
    dir,
    async close() {
      await objects.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** Drafts for messages at offsets from `tip.next` on, as the recorder makes them, with a fixed verdict. */
export function draftOf(tip: Tip, messages: (Buffer | string)[]): SegmentDraft {
  const keys = new Map<number, string>();
  const records = messages.map((message, i): RecordDraft => {
    const bytes = Buffer.from(message as string);
    const offset = tip.next + i;
    const id = `${tip.stream}.${tip.partition}.${offset}`;
    const appendedAt = 1_790_000_000_000 + offset;
    const decoded = decode('access', bytes);
    const key = newRecordKey();
    if (decoded.kind === 'unreadable') {
      keys.set(offset, key.toString('base64'));
      const encrypted = bytes.length > 0 ? encryptMember(key, id, '', bytes) : null;
      return {
        kind: 'unreadable',
        offset,
        appendedAt,
        problem: decoded.problem,
        bytes: bytes.length,
        encrypted,
      };
    }
    const strays = new Set(decoded.strays.keys());
    const delivery = tip.sources.place(delivered(decoded.event, digestOf(decoded.text, strays), offset));
    const plain = { kind: 'event' as const, offset, appendedAt, verdict: 'null', delivery };
    if (strays.size === 0) return { ...plain, text: decoded.text, bytes: decoded.bytes };
    keys.set(offset, key.toString('base64'));
    return { ...plain, ...cutMembers(decoded.text, decoded.strays, key, id) };
  });
  return {
    records,
    gaps: [],
    policies: [],
    sources: tip.sources.takeTouched(),
    clusterId: null,
    createdAt: new Date('2026-11-23T00:00:00Z'),
    recorder: 'test',
    evaluator: 'test',
    keys,
  };
}

/** Text of a valid access event. */
export function eventText(
  id: string,
  more: { source?: string; sequence?: number; actor?: string; data?: object } = {},
) {
  const { source = '/services/a/1', sequence, actor = 'E-1', data = {} } = more;
  return JSON.stringify({
    specversion: '1.0',
    id,
    source,
    type: 'io.ashiato.access.v1',
    time: '2026-04-01T09:30:00+09:00',
    ...(sequence === undefined ? {} : { sequence: String(sequence), sourceepoch: '1' }),
    data: {
      actor: { id: actor, type: 'user' },
      operation: 'use',
      fields: ['basic.name'],
      purpose: 'billing',
      ...data,
    },
  });
}
