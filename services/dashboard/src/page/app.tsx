// SPDX-License-Identifier: Apache-2.0
import { useMemo } from 'react';
import { readPolicy, readUsage } from './api-client.ts';
import { CompletenessSection } from './completeness-section.tsx';
import { createFormats } from './formats.ts';
import type { CellChoice } from './matrix-grid.ts';
import { MatrixSection } from './matrix-section.tsx';
import { SpeechContext } from './page-context.ts';
import { PageHeader } from './page-header.tsx';
import { resolvePeriod } from './periods.ts';
import { createNames, type PolicyVocabulary } from './policy-vocabulary.ts';
import { RecordsSection } from './records-section.tsx';
import { SignInNotice } from './sign-in-notice.tsx';
import { createSay, type Language } from './texts/languages.ts';
import { useAnswer } from './use-answer.ts';
import { useEvery } from './use-every.ts';
import { useSettings } from './use-settings.ts';
import { useView } from './use-view.ts';
import { ViewControls } from './view-controls.tsx';

const USAGE_REFRESH_MS = 30_000;

/** `codeRefused`: the page was opened with a sign-in code that the server did not take. */
export function App({ codeRefused }: { codeRefused: boolean }) {
  const settings = useSettings();
  const [view, change] = useView();
  const period = resolvePeriod(view.period, Date.now());
  const policy = useAnswer('policy', signal => readPolicy(Date.now(), signal));
  const usage = useAnswer(period ? JSON.stringify([period, view.mode]) : null, signal =>
    readUsage(period!, view.mode, signal),
  );
  const signedOut = usage.failure?.kind === 'unauthorized';
  useEvery(USAGE_REFRESH_MS, !signedOut && !usage.loading, usage.refresh);
  const speech = useSpeechFor(settings.language, policy.value);
  const choose = (choice: CellChoice) => {
    change(choice);
    showRecords();
  };
  return (
    <SpeechContext value={speech}>
      <PageHeader settings={settings} />
      {signedOut ? (
        <SignInNotice codeRefused={codeRefused} />
      ) : (
        <main>
          <h1 className="visually-hidden">{speech.say('tagline')}</h1>
          <ViewControls view={view} period={period} change={change} />
          <MatrixSection {...{ usage, policy, view, change, choose }} />
          <RecordsSection {...{ view, period, change }} sessionEnded={usage.refresh} />
          <CompletenessSection period={period} />
        </main>
      )}
    </SpeechContext>
  );
}

function useSpeechFor(language: Language, policy: PolicyVocabulary | undefined) {
  return useMemo(
    () => ({
      language,
      say: createSay(language),
      formats: createFormats(language),
      names: createNames(policy, language),
    }),
    [language, policy],
  );
}

// Focus stays on the chosen cell, so that the next arrow key goes on from there.
function showRecords(): void {
  const records = document.getElementById('records');
  if (!records || records.getBoundingClientRect().top < window.innerHeight * 0.75) return;
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
  records.scrollIntoView({ behavior: still ? 'auto' : 'smooth', block: 'start' });
}
