// SPDX-License-Identifier: Apache-2.0
// Language and colours: chosen by the browser, changed by the reader, remembered in this browser only.
import { useLayoutEffect, useState } from 'react';
import { chooseLanguage, type Language, TEXTS } from './texts/languages.ts';

export type Theme = 'system' | 'light' | 'dark';

export interface Settings {
  language: Language;
  theme: Theme;
  setLanguage(language: Language): void;
  setTheme(theme: Theme): void;
}

const LANGUAGE_KEY = 'ashiato.language';
const THEME_KEY = 'ashiato.theme';

export function useSettings(): Settings {
  const [language, setLanguage] = useState(() => chooseLanguage(recall(LANGUAGE_KEY), navigator.languages));
  const [theme, setTheme] = useState<Theme>(() => {
    const stored = recall(THEME_KEY);
    return stored === 'light' || stored === 'dark' ? stored : 'system';
  });
  useLayoutEffect(() => {
    document.documentElement.lang = language;
    document.documentElement.dataset.theme = theme;
    document.title = `${TEXTS[language].product} ${TEXTS[language].product_latin}`;
  }, [language, theme]);
  return {
    language,
    theme,
    setLanguage: chosen => remember(LANGUAGE_KEY, chosen, setLanguage),
    setTheme: chosen => remember(THEME_KEY, chosen, setTheme),
  };
}

// A browser may refuse storage (private windows, policy); the choice then lasts as long as the page.
function recall(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function remember<T extends string>(key: string, value: T, apply: (value: T) => void): void {
  apply(value);
  try {
    localStorage.setItem(key, value);
  } catch {
    // As in recall: nothing is lost but the memory of a colour.
  }
}
