// SPDX-License-Identifier: Apache-2.0
import { en } from './en.ts';
import { ja, type Texts } from './ja.ts';

export type { Texts } from './ja.ts';

const LANGUAGES: Record<string, Texts> = { ja, en };

/** The first that is one of ours: asked for now, asked for before, the browser's; else Japanese. */
export function textsFor(asked: unknown, kept: string | undefined, accepted: string | undefined): Texts {
  const browsers = (accepted ?? '').split(',').map(part => part.trim().slice(0, 2).toLowerCase());
  for (const language of [asked, kept, ...browsers]) {
    if (typeof language === 'string' && Object.hasOwn(LANGUAGES, language)) return LANGUAGES[language]!;
  }
  return ja;
}

export const isLanguage = (asked: unknown): asked is string =>
  typeof asked === 'string' && Object.hasOwn(LANGUAGES, asked);
