// SPDX-License-Identifier: Apache-2.0
import { ApiError } from './problems.ts';

/** An empty or backward period is a slip of the asker, and an empty answer would look like "nothing happened". */
export function refuseBackwards({ from, to }: { from?: string | undefined; to?: string | undefined }): void {
  if (from === undefined || to === undefined || Date.parse(from) < Date.parse(to)) return;
  const expected = 'a time after `from`';
  throw new ApiError('invalid_parameter', `to: expected ${expected}, got ${JSON.stringify(to)}`, [
    { member: 'to', code: 'malformed', expected, got: JSON.stringify(to) },
  ]);
}
