// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accessEvent } from './access-event.ts';
import { anyAccessEvent, anyBrokenAccessEvent } from './any-event.testing.ts';
import { compileChecker, countMembers, type Problem } from './compile-checker.ts';
import { decode, whoSpans } from './decode.ts';
import { locate, measure } from './json-structure.ts';
import type { UnreadableProblem } from './unreadable.ts';

const check = compileChecker(accessEvent);
const bytes = (text: string) => Buffer.from(text);
const plain = {
  specversion: '1.0',
  id: '1',
  source: '/services/a/1',
  type: 'io.ashiato.access.v1',
  time: '2026-04-01T09:30:00+09:00',
  data: { actor: { id: 'E-1', type: 'user' }, operation: 'use', fields: ['basic.name'], purpose: 'billing' },
};
const spelled = (change: (event: typeof plain & Record<string, unknown>) => void) => {
  const event = structuredClone(plain) as typeof plain & Record<string, unknown>;
  change(event);
  return JSON.stringify(event);
};

describe('compiled checker', () => {
  it('agrees with the zod schema on valid and on broken events', () => {
    fc.assert(
      fc.property(fc.oneof(anyAccessEvent, anyBrokenAccessEvent), event => {
        const problems: Problem[] = [];
        const members = check(event, problems);
        expect(problems.length === 0).toBe(accessEvent.safeParse(event).success);
        expect(members).toBe(countMembers(event));
      }),
      { numRuns: 2000 },
    );
  });

  it('names the place, the kind and what was expected', () => {
    const problems: Problem[] = [];
    check(
      {
        ...plain,
        extra: 1,
        data: { ...plain.data, operation: 'peek', purpose: undefined, fields: ['a', 'b c'] },
      },
      problems,
    );
    expect(problems.map(({ member, kind }) => [member, kind])).toEqual([
      ['/data/operation', 'malformed'],
      ['/data/fields/1', 'malformed'],
      ['/data/purpose', 'malformed'],
      ['/extra', 'outside_schema'],
    ]);
    expect(problems[0]!.expected).toBe('one of collect, receive, use, provide, update, erase');
  });
});

describe('measure and locate', () => {
  it('count the members of any JSON value and find every value where it stands', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.nat(3), (value, indent) => {
        const text = Buffer.from(JSON.stringify(value, null, indent)).toString('latin1');
        expect(measure(text).members).toBe(countMembers(JSON.parse(JSON.stringify(value))));
        const span = locate(text, new Set([''])).get('')!;
        expect(text.slice(span.start, span.end)).toBe(text.trim());
      }),
      { numRuns: 500 },
    );
  });

  it('find actor, on_behalf_of and site of data and nothing of the same name elsewhere', () => {
    fc.assert(
      fc.property(anyAccessEvent, fc.constantFrom(0, 2), (event, indent) => {
        const text = JSON.stringify({ actor: 1, ...event, refs: { site: 'x' } }, null, indent);
        const { who } = measure(text);
        const { actor, on_behalf_of, site } = event.data;
        for (const [i, value] of [actor, on_behalf_of, site].entries()) {
          const found = who[2 * i]! < 0 ? undefined : JSON.parse(text.slice(who[2 * i], who[2 * i + 1]));
          expect(found).toEqual(value);
        }
      }),
    );
  });
});

describe('decode', () => {
  it('gives a valid event with its bytes', () => {
    const decoded = decode('access', bytes(JSON.stringify(plain)));
    expect(decoded).toMatchObject({ kind: 'event', problems: [], text: JSON.stringify(plain) });
  });

  it('is total: any bytes give a value', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), raw => {
        expect(['event', 'unreadable']).toContain(decode('access', raw).kind);
      }),
    );
    fc.assert(
      fc.property(anyBrokenAccessEvent, fc.constantFrom('access', 'context', 'control'), (event, stream) => {
        expect(['event', 'unreadable']).toContain(decode(stream, bytes(JSON.stringify(event))).kind);
      }),
    );
  });

  const deep = `${'['.repeat(40)}${']'.repeat(40)}`;
  const table: [UnreadableProblem, Uint8Array | null][] = [
    ['empty', null],
    ['empty', bytes('')],
    ['too_large', bytes(JSON.stringify({ ...plain, pad: 'x'.repeat(70_000) }))],
    ['invalid_utf8', Buffer.from([0x7b, 0xff, 0x7d])],
    ['invalid_json', bytes('{"a":')],
    ['invalid_json', bytes('\ufeff{}')],
    ['duplicate_member', bytes(JSON.stringify(plain).replace('"id":"1"', '"id":"1","id":"2"'))],
    ['duplicate_member', bytes(JSON.stringify(plain).replace('"purpose"', '"purpose":"a","purpo\\u0073e"'))],
    ['lone_surrogate', bytes(spelled(e => Object.assign(e, { note: 'X' })).replace('"X"', '"\\ud800"'))],
    ['number_too_large', bytes(spelled(e => Object.assign(e, { note: 9007199254740992 })))],
    ['number_too_large', bytes(spelled(e => Object.assign(e, { note: 'X' })).replace('"X"', '1e400'))],
    ['too_deep', bytes(spelled(e => Object.assign(e, { note: 'X' })).replace('"X"', deep))],
    ['strange_member_name', bytes(spelled(e => Object.assign(e, { '山田 太郎': 1 })))],
    ['not_a_cloudevent', bytes('42')],
    ['not_a_cloudevent', bytes(spelled(e => Object.assign(e, { id: 7 })))],
    ['unknown_type', bytes(spelled(e => Object.assign(e, { type: 'com.example.thing' })))],
  ];
  it.each(table)('tells %s', (problem, raw) => {
    expect(decode('access', raw)).toEqual({ kind: 'unreadable', problem });
  });

  it('finds the places of members that should not be there or are malformed', () => {
    const text = spelled(e => {
      Object.assign(e.data, { subject: { ref: '山田太郎' }, note: { free: 'text' } });
      e.data.fields.push('no field');
    });
    const decoded = decode('access', bytes(text));
    if (decoded.kind !== 'event') throw new Error(decoded.problem);
    const cut = [...decoded.strays].map(([member, { start, end }]) => [
      member,
      decoded.text.slice(start, end),
    ]);
    expect(Object.fromEntries(cut)).toEqual({
      '/data/subject/ref': Buffer.from('"山田太郎"').toString('latin1'),
      '/data/note': '{"free":"text"}',
      '/data/fields/1': '"no field"',
    });
  });

  it('finds who did it when the member name is spelled with an escape', () => {
    const text = JSON.stringify(plain).replace('"actor"', '"\\u0061ctor"');
    expect(text.slice(...(whoSpans(text) as [number, number]))).toBe('{"id":"E-1","type":"user"}');
  });
});
