// SPDX-License-Identifier: Apache-2.0
// The rule of the `no-access` certificate (EVIDENCE 6): it is refused on any gap in its interval, and says which.
import type { CompletenessGap, CompletenessStatement } from '@ashiato/schema';

export type NoAccessRefusal =
  | { refused: false }
  | { refused: true; because: 'gaps'; gaps: CompletenessGap[] }
  /** The statement is about another interval, so it says nothing of this one. */
  | { refused: true; because: 'other_interval'; gaps: [] };

/**
 * Whether a certificate that no access was recorded in [from, to) (RFC 3339) MUST be refused. The statement is to be
 * of exactly that interval: a gap of a wider one may lie outside, and one of a narrower one may hide.
 */
export function noAccessRefusal(
  statement: CompletenessStatement,
  { from, to }: { from: string; to: string },
): NoAccessRefusal {
  const same = Date.parse(statement.from) === Date.parse(from) && Date.parse(statement.to) === Date.parse(to);
  if (!same) return { refused: true, because: 'other_interval', gaps: [] };
  const { gaps } = statement;
  return gaps.length === 0 ? { refused: false } : { refused: true, because: 'gaps', gaps };
}
