// SPDX-License-Identifier: Apache-2.0
// The stored form of format v1, kept for ever in test/vectors: every later reader must verify it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EventLine, UnreadableLine } from '@ashiato/schema';
import { describe, expect, it } from 'vitest';
import { decryptMember } from './encrypt-members.ts';
import { openSegment } from './ledger.ts';
import { deliveredOf } from './replay-segment.ts';
import { recordLines, records, segmentKey } from './segment.ts';
import { verifySegment } from './verify-segment.ts';

const folder = join(import.meta.dirname, '../../../test/vectors/segment-v1');
const stored = (name: string) => readFileSync(join(folder, name));
const expected = JSON.parse(stored('expected.json').toString());
const first = await openSegment(segmentKey('access', 0, 0), stored('0.jsonl.zst'), null);
const second = await openSegment(expected.key, stored('1.jsonl.zst'), null);

describe('segment format v1', () => {
  it('verifies: chain, offsets with a typed gap, root and hashes', () => {
    expect(verifySegment(first, null)).toHaveProperty('root', expect.stringMatching(/^[0-9a-f]{64}$/));
    expect(verifySegment(second, { to: 0, sha256: first.sha256 })).toEqual({ root: expected.root });
    const { sha256, stored_sha256, header } = second;
    expect({
      sha256,
      stored_sha256,
      previous: header.previous,
      records: header.records,
      to: header.to,
    }).toEqual({
      sha256: expected.sha256,
      stored_sha256: expected.stored_sha256,
      previous: expected.previous,
      records: expected.records,
      to: expected.to,
    });
  });

  it('tells deliveries, verdicts and unreadable bytes', () => {
    const lines = [...records(second)] as (EventLine & UnreadableLine)[];
    expect(lines.map(line => line.delivery?.kind ?? line.unreadable?.problem)).toEqual([
      'new',
      'new',
      'new',
      'redelivery',
      'new',
      'invalid_json',
      'empty',
    ]);
    expect(lines[2]!.delivery!.missing).toEqual({ from: 4, to: 5 });
    expect(lines[0]!.verdict!.findings[0]!.clauses).toEqual(['C3-R1']);
    const pretty = JSON.parse(Buffer.from(lines[1]!.event_b64!, 'base64').toString());
    expect(pretty.data.on_behalf_of).toEqual([{ id: 'E-9', type: 'user' }]);
    expect([...recordLines(second)].map(line => deliveredOf(line)?.sequence)).toEqual([
      2,
      3,
      6,
      2,
      7,
      undefined,
      undefined,
    ]);
  });

  it('gives encrypted values back to the keys beside it', () => {
    const lines = [...records(second)] as (EventLine & UnreadableLine)[];
    const key = (offset: number) => Buffer.from(expected.keys.keys[offset], 'base64');
    const [ref, note] = lines[4]!.encrypted as unknown as Parameters<typeof decryptMember>[2][];
    expect(decryptMember(key(5), 'access.0.5', ref!)?.toString()).toBe('"山田太郎"');
    expect(decryptMember(key(5), 'access.0.5', note!)?.toString()).toBe('"free text"');
    expect(decryptMember(key(6), 'access.0.6', lines[5]!.encrypted as never)?.toString()).toBe('{"no json');
  });
});
