// SPDX-License-Identifier: Apache-2.0
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { chooseLanguage, createSay, sayId, TEXTS } from './languages.ts';

const PAGE = fileURLToPath(new URL('..', import.meta.url));
const placesOf = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(match => match[1]).sort();

test('both languages have the same texts with the same places, none empty', () => {
  expect(Object.keys(TEXTS.en)).toEqual(Object.keys(TEXTS.ja));
  for (const [key, text] of Object.entries(TEXTS.ja)) {
    const other = TEXTS.en[key as keyof typeof TEXTS.en];
    expect([key, placesOf(other)]).toEqual([key, placesOf(text)]);
    expect(text.trim() !== '' && other.trim() !== '').toBe(true);
  }
});

test('every text is used by the page', async () => {
  const names = (await readdir(PAGE, { recursive: true })).filter(
    name => /^[^/]*\.tsx?$/.test(name) && !name.includes('.test.'),
  );
  const source = (await Promise.all(names.map(name => readFile(join(PAGE, name), 'utf8')))).join('\n');
  // Texts for ids are asked for by their prefix: `outcome_${outcome}`, sayId(…, 'operation', …).
  const prefixes = [...source.matchAll(/`(\w+)_\$\{/g), ...source.matchAll(/sayId\(say, language, '(\w+)'/g)];
  const used = (key: string) =>
    source.includes(`'${key}'`) ||
    source.includes(`texts.${key}`) ||
    prefixes.some(match => key.startsWith(`${match[1]}_`));
  expect(Object.keys(TEXTS.en).filter(key => !used(key))).toEqual([]);
});

test('Japanese when the browser asks for it first, or when it was chosen here', () => {
  expect(chooseLanguage(null, ['ja-JP', 'en'])).toBe('ja');
  expect(chooseLanguage(null, ['fr-FR', 'ja', 'en'])).toBe('ja');
  expect(chooseLanguage(null, ['en-US', 'ja'])).toBe('en');
  expect(chooseLanguage(null, ['jam', 'fr'])).toBe('en');
  expect(chooseLanguage('ja', ['en'])).toBe('ja');
  expect(chooseLanguage('tlh', ['ja'])).toBe('ja');
});

test('places are filled as they are, and ids without a text stay ids', () => {
  const say = createSay('en');
  expect(say('more_fields', { n: '$&2' })).toBe('+$&2 more');
  expect(say('more_fields')).toBe('+{n} more');
  expect(sayId(say, 'en', 'operation', 'erase')).toBe('erase');
  expect(sayId(createSay('ja'), 'ja', 'operation', 'erase')).toBe('消去');
  expect(sayId(say, 'en', 'operation', 'constructor')).toBe('constructor');
});
