// SPDX-License-Identifier: Apache-2.0
// Legal holds as the control stream tells them. The events are the truth; the marks on objects follow from them.
import type { Ledger } from '@ashiato/ledger';
import { controlEventsOf, type PlacedIn } from './control-events.ts';

export const HOLD_PLACED = 'io.ashiato.control.hold_placed.v1';
export const HOLD_RELEASED = 'io.ashiato.control.hold_released.v1';

export interface Hold {
  hold: string;
  stream: string;
  /** Of the broker's clock, ms since 1970, half-open; no end: until it is released. */
  from: number;
  to: number | null;
  ground: string;
  case: string;
  by: string;
  /** Where the event that placed it is committed: that segment stays as long as the hold is in force. */
  placed_in: PlacedIn;
  /** When the event that released it says so, RFC 3339; null = in force. */
  released_at: string | null;
}

/** Every hold ever placed, in order. A hold that is placed again under the same id holds again, as it says then. */
export async function readHolds(ledger: Ledger): Promise<Hold[]> {
  const holds = new Map<string, Hold>();
  for await (const { type, time, data, placed_in } of controlEventsOf(ledger, [HOLD_PLACED, HOLD_RELEASED])) {
    if (type === HOLD_PLACED) {
      const placed = data as {
        hold: string;
        stream: string;
        from: string;
        to?: string;
        ground: string;
        case: string;
        by: { id: string };
      };
      holds.set(placed.hold, {
        hold: placed.hold,
        stream: placed.stream,
        from: Date.parse(placed.from),
        to: placed.to === undefined ? null : Date.parse(placed.to),
        ground: placed.ground,
        case: placed.case,
        by: placed.by.id,
        placed_in,
        released_at: null,
      });
    }
    if (type === HOLD_RELEASED) {
      const known = holds.get(data.hold as string);
      if (known) known.released_at = time;
    }
  }
  return [...holds.values()];
}

/** Whether a hold in force covers anything of [from, to], the broker's clock at a segment's first and last record. */
export const isHeld = (holds: readonly Hold[], stream: string, from: number, to: number): Hold | undefined =>
  holds.find(
    hold =>
      hold.released_at === null &&
      hold.stream === stream &&
      hold.from <= to &&
      (hold.to === null || hold.to > from),
  );

/** Whether a segment of the control stream holds the event of a hold in force. */
export const carriesHold = (
  holds: readonly Hold[],
  { stream, partition, from, to }: { stream: string; partition: number; from: number; to: number },
): Hold | undefined =>
  holds.find(
    ({ released_at, placed_in }) =>
      released_at === null &&
      placed_in.stream === stream &&
      placed_in.partition === partition &&
      placed_in.offset >= from &&
      placed_in.offset <= to,
  );
