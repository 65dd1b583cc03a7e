// SPDX-License-Identifier: Apache-2.0
import { type Mark, type ParsedEvent, parseInstant } from '@ashiato/schema';

/** What the event's own clock says against the broker's; a forged time could choose its own policy (POLICY 3). */
export function timeMarks(
  event: ParsedEvent,
  appendedAt: number,
  limits: { ahead: number; behind: number },
): Mark[] {
  const time = typeof event.time === 'string' ? parseInstant(event.time) : Number.NaN;
  if (time > appendedAt + limits.ahead) return ['future_time'];
  if (time < appendedAt - limits.behind) return ['past_time'];
  return NO_MARKS;
}

const NO_MARKS: Mark[] = [];
