// SPDX-License-Identifier: Apache-2.0
// The scanner against the long way: what it says is what JSON.parse, the checker and the walk say; and it does
// speak for the spellings that programs write.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accessEvent } from './access-event.ts';
import { anyAccessEvent, anyBrokenAccessEvent } from './any-event.testing.ts';
import { compileScanner } from './compile-scanner.ts';
import { decodeSlowly } from './decode.ts';

const scan = compileScanner(accessEvent);
const scanned = (bytes: Buffer) => scan(bytes, bytes.toString('latin1'));

/** Fails when the scanner says anything that the long way does not say; tells whether it spoke. */
function agrees(bytes: Buffer): boolean {
  const found = scanned(bytes);
  if (!found) return false;
  const slow = decodeSlowly('access', bytes, bytes.toString('latin1'));
  if (slow.kind !== 'event') throw new Error(`accepted what is ${slow.problem}`);
  expect(slow.problems).toEqual([]);
  expect(JSON.stringify(found)).toBe(JSON.stringify(slow.event));
  return true;
}

const pythonStyle = (value: unknown): string =>
  JSON.stringify(value, null, 1)
    .replaceAll(/\n */g, ' ')
    .replaceAll(/([[{]) | ([\]}])/g, '$1$2');

describe('scanner', () => {
  it('speaks for every valid event, however it is spaced and ordered', () => {
    fc.assert(
      fc.property(anyAccessEvent, fc.nat(4), fc.boolean(), (event, indent, backwards) => {
        const { data, ...envelope } = event;
        const ordered = backwards
          ? { data, ...Object.fromEntries(Object.entries(envelope).reverse()) }
          : event;
        const text = indent === 4 ? pythonStyle(ordered) : JSON.stringify(ordered, null, indent);
        expect(agrees(Buffer.from(text))).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it('never speaks against the long way: broken events', () => {
    fc.assert(
      fc.property(anyBrokenAccessEvent, event => {
        const text = JSON.stringify(event);
        if (text !== undefined) agrees(Buffer.from(text));
      }),
      { numRuns: 4000 },
    );
  });

  it('never speaks against the long way: damaged bytes', () => {
    const damage = fc.record({
      at: fc.nat(),
      byte: fc.oneof(fc.nat(255), fc.constantFrom(...Buffer.from('{}[]",:\\ \n0eE.-tfn'))),
      how: fc.constantFrom('replace', 'insert', 'delete', 'cut', 'repeat'),
    });
    let spoke = 0;
    fc.assert(
      fc.property(anyAccessEvent, fc.array(damage, { minLength: 1, maxLength: 3 }), (event, damages) => {
        let bytes: Buffer = Buffer.from(JSON.stringify(event));
        for (const { at, byte, how } of damages) bytes = damaged(bytes, at % bytes.length, byte, how);
        if (agrees(bytes)) spoke++;
      }),
      { numRuns: 20_000 },
    );
    expect(spoke).toBeGreaterThan(100); // some damage leaves a valid event: those count too
  });

  it('says nothing of escapes, of characters beyond ASCII, of members twice, of anything after the end', () => {
    const text = JSON.stringify({
      specversion: '1.0',
      id: '1',
      source: '/a',
      type: 'io.ashiato.access.v1',
      time: '2026-04-01T09:30:00Z',
      data: { actor: { id: 'E-1', type: 'user' }, operation: 'use', fields: [], purpose: 'billing' },
    });
    expect(scanned(Buffer.from(text))).toBeDefined();
    for (const other of [
      text.replace('E-1', 'E\\u002d1'),
      text.replace('E-1', 'Ｅ-1'),
      text.replace('"id":"1"', '"id":"1","id":"1"'),
      text.replace('"fields":[]', '"fields":[,]'),
      text.replace('"id":"1",', '"id":"1",,'),
      `${text}x`,
      `${text}{}`,
      text.slice(0, -1),
    ]) {
      expect(scanned(Buffer.from(other))).toBeUndefined();
    }
  });

  it('goes on when more different texts come than it remembers', () => {
    const event = {
      specversion: '1.0',
      id: 'x',
      source: '/a',
      type: 'io.ashiato.access.v1',
      time: '2026-04-01T09:30:00Z',
    };
    const data = { actor: { id: 'E-1', type: 'user' }, operation: 'use', fields: ['a'], purpose: 'p' };
    for (let n = 0; n < 20_000; n++) {
      const value = { ...event, id: `id-${n}`, data: { ...data, purpose: `p${n % 5000}` } };
      expect(scanned(Buffer.from(JSON.stringify(value)))).toEqual(value);
    }
  });
});

function damaged(bytes: Buffer, at: number, byte: number, how: string): Buffer {
  const one = Buffer.from([byte]);
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
  if (how === 'replace') return Buffer.concat([before, one, after.subarray(1)]);
  if (how === 'insert') return Buffer.concat([before, one, after]);
  if (how === 'delete') return Buffer.concat([before, after.subarray(1)]);
  return how === 'cut' ? Buffer.from(before) : Buffer.concat([before, after.subarray(0, 40), after]);
}
