// SPDX-License-Identifier: Apache-2.0
import { FootprintLogo } from './footprint-logo.tsx';
import { useSpeech } from './page-context.ts';

/** Shown without a session: how to get the address that opens one. */
export function SignInNotice({ codeRefused }: { codeRefused: boolean }) {
  const { say } = useSpeech();
  return (
    <main className="sign-in">
      <FootprintLogo />
      <h1>{say('sign_in_title')}</h1>
      {codeRefused && (
        <p className="notice failure" role="alert">
          {say('sign_in_used')}
        </p>
      )}
      <p>{say('sign_in_lead')}</p>
      <p>{say('sign_in_how')}</p>
      <pre>
        <code>ashiato start</code>
      </pre>
      <p className="quiet">{say('sign_in_remote')}</p>
    </main>
  );
}
