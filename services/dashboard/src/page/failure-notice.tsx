// SPDX-License-Identifier: Apache-2.0
import type { Failure } from './api-client.ts';
import { useSpeech } from './page-context.ts';

/** Says what went wrong, in our words first and the server's second, and offers to try again. */
export function FailureNotice({
  failure,
  retry,
  stale,
}: {
  failure: Failure;
  retry(): void;
  stale: boolean;
}) {
  const { say } = useSpeech();
  return (
    <div className="notice failure" role="alert">
      <div>
        <strong>{say(stale ? 'stale' : 'error_title')}</strong>
        <p>{describe(failure, say)}</p>
        {failure.kind === 'problem' && (
          <p className="server-words" lang="en">
            {failure.title}
            {failure.detail && `: ${failure.detail}`} ({failure.status})
          </p>
        )}
      </div>
      <button type="button" className="button" onClick={retry}>
        {say('retry')}
      </button>
    </div>
  );
}

function describe(failure: Failure, say: ReturnType<typeof useSpeech>['say']): string {
  switch (failure.kind) {
    case 'unreachable':
      return say('error_unreachable');
    case 'forbidden':
      return say('error_forbidden');
    case 'unauthorized':
      return say('sign_in_ended');
    case 'problem':
      return say('error_problem');
  }
}
