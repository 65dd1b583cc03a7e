// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { elementsOf } from './batch-elements.ts';

const space = fc.stringMatching(/^[ \t\r\n]{0,3}$/);

test('any array is cut into the very texts it was made of', () => {
  const element = fc.tuple(fc.json(), space, space);
  fc.assert(
    fc.property(fc.array(element, { maxLength: 8 }), space, (elements, around) => {
      const body = `${around}[${around}${elements.map(([text, l, r]) => `${l}${text}${r}`).join(',')}${around}]${around}`;
      const found = elementsOf(Buffer.from(body)).map(String);
      expect(found).toEqual(elements.map(([text]) => text));
    }),
  );
});

test('what is no JSON array is one element, whole', () => {
  for (const body of ['', '{}', '[', '[1,]', '"[1]"', '[1] x', '[{"a":"\\"]']) {
    expect(elementsOf(Buffer.from(body)).map(String)).toEqual([body]);
  }
});

test('quotes and brackets inside strings do not cut', () => {
  const texts = ['"a,]b"', '"\\\\"', '"\\",["', '{"[":{"]":[1,[2]]}}', '"足跡,"'];
  expect(elementsOf(Buffer.from(`[${texts.join(',')}]`)).map(String)).toEqual(texts);
});
