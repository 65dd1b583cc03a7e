// SPDX-License-Identifier: Apache-2.0
import { FootprintLogo } from './footprint-logo.tsx';
import { useSpeech } from './page-context.ts';
import type { Language } from './texts/languages.ts';
import type { Settings, Theme } from './use-settings.ts';

const LANGUAGE_NAMES: [Language, string][] = [
  ['ja', '日本語'],
  ['en', 'English'],
];
const THEMES: Theme[] = ['system', 'light', 'dark'];

export function PageHeader({ settings }: { settings: Settings }) {
  const { say } = useSpeech();
  return (
    <header className="page-header">
      <a className="skip" href="#matrix">
        {say('skip_to_matrix')}
      </a>
      <div className="brand">
        <FootprintLogo />
        <span className="name">
          {say('product')} <span className="latin">{say('product_latin')}</span>
        </span>
        <span className="tagline">{say('tagline')}</span>
      </div>
      <div className="settings">
        <fieldset className="segments" aria-label={say('language')}>
          {LANGUAGE_NAMES.map(([language, name]) => (
            <button
              key={language}
              type="button"
              lang={language}
              aria-pressed={settings.language === language}
              onClick={() => settings.setLanguage(language)}
            >
              {name}
            </button>
          ))}
        </fieldset>
        <select
          aria-label={say('theme')}
          value={settings.theme}
          onChange={event =>
            settings.setTheme(THEMES.find(theme => theme === event.target.value) ?? 'system')
          }
        >
          {THEMES.map(theme => (
            <option key={theme} value={theme}>
              {say(`theme_${theme}`)}
            </option>
          ))}
        </select>
      </div>
    </header>
  );
}
