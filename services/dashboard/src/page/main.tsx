// SPDX-License-Identifier: Apache-2.0
// Opens the page. A sign-in code in the address is exchanged once and leaves the address before anything else.
import { createRoot } from 'react-dom/client';
import { signIn } from './api-client.ts';
import { App } from './app.tsx';
import { TEXTS } from './texts/languages.ts';

const address = new URL(location.href);
const code = address.searchParams.get('code');
let codeRefused = false;
if (code !== null) {
  address.searchParams.delete('code');
  history.replaceState(null, '', address.pathname + address.search);
  const answer = await signIn(code);
  codeRefused = answer.kind !== 'ok' && answer.kind !== 'unreachable';
}
const page = document.getElementById('page')!;
const root = createRoot(page, {
  // React has taken the page down by now; a blank screen would say nothing.
  onUncaughtError: problem => {
    reportError(problem);
    page.textContent = Object.values(TEXTS)
      .map(texts => texts.page_failed)
      .join(' ');
  },
});
root.render(<App codeRefused={codeRefused} />);
