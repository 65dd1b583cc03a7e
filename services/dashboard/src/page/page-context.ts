// SPDX-License-Identifier: Apache-2.0
// What every part of the page needs to speak: the language's texts, number and time formats, policy names.
import { createContext, useContext } from 'react';
import { createFormats, type Formats } from './formats.ts';
import { createNames, type Names } from './policy-vocabulary.ts';
import { createSay, type Language, type Say } from './texts/languages.ts';

export interface Speech {
  language: Language;
  say: Say;
  formats: Formats;
  names: Names;
}

export const SpeechContext = createContext<Speech>({
  language: 'en',
  say: createSay('en'),
  formats: createFormats('en'),
  names: createNames(undefined, 'en'),
});

export function useSpeech(): Speech {
  return useContext(SpeechContext);
}
