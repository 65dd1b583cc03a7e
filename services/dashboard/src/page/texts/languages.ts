// SPDX-License-Identifier: Apache-2.0
// The languages of the page, and how a text's places are filled.
import { en } from './en.ts';
import { ja, type TextKey, type Texts } from './ja.ts';

export type Language = 'ja' | 'en';
export type { TextKey, Texts };

export const TEXTS: Record<Language, Texts> = { ja, en };

/** Looks a text up and fills its `{places}`. A place without a value stays visible as written. */
export type Say = (key: TextKey, places?: Record<string, string>) => string;

export function createSay(language: Language): Say {
  const texts = TEXTS[language];
  return (key, places = {}) =>
    texts[key].replaceAll(/\{(\w+)\}/g, (written, name: string) => places[name] ?? written);
}

/** Japanese when the first language the browser asks for that we have is Japanese; English otherwise. */
export function chooseLanguage(stored: string | null, preferred: readonly string[]): Language {
  if (stored === 'ja' || stored === 'en') return stored;
  for (const tag of preferred) {
    if (/^ja\b/i.test(tag)) return 'ja';
    if (/^en\b/i.test(tag)) return 'en';
  }
  return 'en';
}

/** The text for an id that the events bring, e.g. `operation_use`; the id itself where we have no text. */
export function sayId(say: Say, language: Language, prefix: string, id: string): string {
  const key = `${prefix}_${id}`;
  return isTextKey(TEXTS[language], key) ? say(key) : id;
}

function isTextKey(texts: Texts, key: string): key is TextKey {
  return Object.hasOwn(texts, key);
}
