// SPDX-License-Identifier: Apache-2.0
import { accessEvent, decode, MAX_EVENT_BYTES } from '@ashiato/schema';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TrailError } from './errors.ts';
import { draftOf, eventBytes, originOf, sizeOf } from './event-bytes.ts';
import { access } from './sample-access.testing.ts';
import type { AccessRecord } from './words.ts';

const origin = originOf('/billing/web-1', 1_790_000_000_000);
const NOW = Date.UTC(2026, 5, 2, 1, 2, 3, 4);

const eventOf = (record: AccessRecord, sequence = 7) =>
  JSON.parse(eventBytes(draftOf(record, NOW), origin, sequence).bytes.toString());

function refusal(record: unknown): TrailError {
  try {
    eventBytes(draftOf(record as AccessRecord, NOW), origin, 7);
  } catch (cause) {
    if (cause instanceof TrailError) return cause;
    throw cause;
  }
  throw new Error('the record was accepted');
}

test('a record becomes a whole CloudEvent', () => {
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  const event = eventOf(access({ traceparent }));
  const { id, ...rest } = event;
  const { traceparent: _, ...given } = access();
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(rest).toEqual({
    specversion: '1.0',
    source: '/billing/web-1',
    type: 'io.ashiato.access.v1',
    time: '2026-06-02T01:02:03.004Z',
    datacontenttype: 'application/json',
    sequence: '7',
    sourceepoch: '1790000000000',
    partitionkey: '/billing/web-1#1790000000000',
    traceparent,
    data: given,
  });
  expect(accessEvent.safeParse(event).success).toBe(true);
});

test('the time given is the time written', () => {
  expect(eventOf(access({ time: '2026-01-01T09:00:00+09:00' })).time).toBe('2026-01-01T09:00:00+09:00');
  expect(eventOf(access({ time: new Date(0) })).time).toBe('1970-01-01T00:00:00.000Z');
  expect(refusal(access({ time: new Date(Number.NaN) })).problems[0]?.member).toBe('/time');
});

test('every problem is named, and no value', () => {
  const wrong = {
    ...access(),
    subject: { ref: 'Sato Hanako' },
    operation: 'look',
    memo: 'Sato',
    purpose: undefined,
  };
  const refused = refusal(wrong);
  expect(refused.code).toBe('INVALID_EVENT');
  const kinds = Object.fromEntries(refused.problems.map(({ member, kind }) => [member, kind]));
  expect(kinds).toEqual({
    '/data/subject/ref': 'malformed',
    '/data/operation': 'malformed',
    '/data/memo': 'outside_schema',
    '/data/purpose': 'missing',
  });
  for (const member of Object.keys(kinds)) expect(refused.message).toContain(member);
  expect(refused.message).not.toContain('Sato');
});

test('what cannot be written as an event is refused with the reason', () => {
  expect(refusal({ ...access(), fields: ['\ud800'] }).code).toBe('INVALID_EVENT');
  expect(refusal({ ...access(), result: { count: 1n } }).message).toContain('JSON');
  const fields = Array.from({ length: 128 }, (_, i) => `basic.${'x'.repeat(512)}${i}`);
  expect(refusal(access({ fields })).message).toMatch(/too_large/);
  expect(refusal(null).code).toBe('INVALID_EVENT');
});

test('what the caller changes later does not change the event', () => {
  const record = access();
  const draft = draftOf(record, NOW);
  record.fields = ['basic.phone'];
  const event = JSON.parse(eventBytes(draft, origin, 1).bytes.toString());
  expect(event.data.fields).toEqual(access().fields);
});

test('ids rise in the order of the calls', () => {
  const ids = Array.from({ length: 5000 }, () => draftOf(access(), NOW).id);
  expect(ids).toEqual([...new Set(ids)].sort());
});

test('with any number the bytes are an event without problems, within the size foreseen', () => {
  const id = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._:/+=#~-]{0,40}$/);
  const record = fc.record({
    actor: fc.record({ id, type: fc.constantFrom('user', 'service', 'batch', 'agent') }),
    fields: fc.array(fc.stringMatching(/^[a-z]{1,20}\.[a-z_0-9]{1,40}$/), { maxLength: 128 }),
    refs: fc.record({ ticket: id, incident: id }, { requiredKeys: [] }),
  });
  fc.assert(
    fc.property(record, fc.integer({ min: 1, max: 999_999_999_999_999 }), (members, sequence) => {
      const draft = draftOf(access(members as Partial<AccessRecord>), NOW);
      const { bytes } = eventBytes(draft, origin, sequence);
      const decoded = decode('access', bytes);
      expect(decoded).toMatchObject({ kind: 'event', problems: [], event: { sequence: String(sequence) } });
      expect(bytes.length).toBeLessThanOrEqual(Math.min(sizeOf(draft, origin), MAX_EVENT_BYTES));
    }),
  );
});
