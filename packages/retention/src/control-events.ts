// SPDX-License-Identifier: Apache-2.0
// What the trail's keepers did, as the control stream tells it.
import { type Ledger, records } from '@ashiato/ledger';
import { controlEvents, type EventLine } from '@ashiato/schema';

/** Where an event is committed. */
export interface PlacedIn {
  stream: string;
  partition: number;
  offset: number;
}

interface ControlEvent {
  id: string;
  type: string;
  time: string;
  data: Record<string, unknown>;
  placed_in: PlacedIn;
}

/** Events of these types that are as their schema says, of all partitions, by the broker's clock. */
export async function* controlEventsOf(
  ledger: Ledger,
  types: readonly string[],
): AsyncGenerator<ControlEvent> {
  const found: { at: number; event: unknown; placed_in: PlacedIn }[] = [];
  for (const stream of (await ledger.streams()).filter(name => CONTROL.test(name))) {
    for (const partition of await ledger.partitions(stream)) {
      for await (const segment of ledger.walk(stream, partition)) {
        for (const line of records(segment)) {
          const { event, offset, appended_at: at } = line as EventLine;
          if (event && types.includes(event.type as string))
            found.push({ at, event, placed_in: { stream, partition, offset } });
        }
      }
    }
  }
  found.sort((a, b) => a.at - b.at);
  for (const { event, placed_in } of found) {
    const parsed = controlEvents[(event as { type: string }).type]!.safeParse(event);
    if (parsed.success) yield { ...(parsed.data as unknown as ControlEvent), placed_in };
  }
}

/** The control stream, or one that follows it when its topic was made anew. */
const CONTROL = /^control(?:-|$)/;
