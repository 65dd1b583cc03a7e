// SPDX-License-Identifier: Apache-2.0
// Opens the page. A sign-in code in the address is exchanged once and leaves the address before anything else.
import { createRoot } from 'react-dom/client';
import { signIn } from './api-client.ts';
import { App } from './app.tsx';

const address = new URL(location.href);
const code = address.searchParams.get('code');
let codeRefused = false;
if (code !== null) {
  address.searchParams.delete('code');
  history.replaceState(null, '', address.pathname + address.search);
  codeRefused = (await signIn(code)).kind !== 'ok';
}
createRoot(document.getElementById('page')!).render(<App codeRefused={codeRefused} />);
