// SPDX-License-Identifier: Apache-2.0
// Which findings make a verdict what it is.
import type { PolicyBundle } from './bundle.ts';
import { outcomesOf } from './describe-finding.ts';
import type { Finding, Mode, Outcome } from './verdict.ts';

type Judged = { literal: Outcome; strict: Outcome; policy: unknown };

/**
 * The findings that decide the outcome of a mode: those that are as bad as it; of a conforming verdict, all that
 * bear on the mode. `bundle` MUST be the one of the verdict; under no policy, all findings decide.
 */
export function decidingFindings<F extends Pick<Finding, 'code' | 'mode'>>(
  bundle: PolicyBundle,
  verdict: Judged & { findings: readonly F[] },
  mode: Mode,
): F[] {
  const { policy, findings } = verdict;
  return findings.filter(finding =>
    policy === null
      ? finding.mode === 'both' || finding.mode === mode
      : outcomesOf(bundle, finding)[mode] === verdict[mode],
  );
}
