// SPDX-License-Identifier: Apache-2.0
// Which findings make a verdict what it is.
import type { PolicyBundle } from '../bundle.ts';
import { outcomesOf } from '../describe-finding.ts';
import type { Finding, Mode, Outcome } from '../verdict.ts';

/**
 * The findings that decide the outcome of a mode: those that are as bad as it; of a conforming verdict, all that
 * bear on the mode. `bundle` MUST be the one of the verdict, null where that is under no policy: then all decide.
 */
export function decidingFindings<F extends Pick<Finding, 'code' | 'mode'>>(
  bundle: PolicyBundle | null,
  verdict: Record<Mode, Outcome> & { findings: readonly F[] },
  mode: Mode,
): F[] {
  return verdict.findings.filter(finding =>
    bundle === null
      ? finding.mode === 'both' || finding.mode === mode
      : outcomesOf(bundle, finding)[mode] === verdict[mode],
  );
}
