// SPDX-License-Identifier: Apache-2.0
// Taking a partition over: the chain says where we are, the broker must agree (DESIGN 6 "On take-over").
import { type Ledger, LedgerError, recordLines, storedEvent, type Tip } from '@ashiato/ledger';
import type { Message, Queue } from '@ashiato/queue';
import type { EventLine, UnreadableLine } from '@ashiato/schema';

/**
 * Finds the end of the partition's chain and compares its last record with the broker's message at that offset,
 * where it is still held. Throws LedgerError BROKER_DISAGREES for a topic that was made anew or lost acknowledged
 * messages: going on would put two histories into one chain.
 */
export async function takeOver(
  { ledger, queue }: { ledger: Ledger; queue: Queue },
  place: { stream: string; topic: string; partition: number },
  held: { low: number; high: number },
): Promise<Tip> {
  const { stream, topic, partition } = place;
  const tip = await ledger.takeOver(stream, partition);
  if (tip.lastFrom < 0) return tip;
  const last = tip.next - 1;
  if (held.high <= last) {
    throw disagreement(place, `it holds offsets up to ${held.high - 1}, but ${last} is committed`);
  }
  const message = await queue.readAt(topic, partition, last);
  if (!message) return tip; // expired or compacted at the broker: nothing left to compare with
  const line = await lastLine(ledger, tip);
  if (!sameMessage(message, line)) {
    throw disagreement(place, `its message at offset ${last} is not the one that was committed`);
  }
  return tip;
}

function disagreement(
  { stream, topic, partition }: { stream: string; topic: string; partition: number },
  what: string,
) {
  return new LedgerError(
    'BROKER_DISAGREES',
    `topic ${topic}, partition ${partition}: ${what}. The topic was made anew, or it lost acknowledged messages. ` +
      `Stream "${stream}" ends here and stays as it is: give the new topic a stream of its own by naming the topic ` +
      `anew (ASHIATO_RECORDER_${stream.toUpperCase()}_STREAM), or restore the old topic.`,
  );
}

async function lastLine(ledger: Ledger, tip: Tip): Promise<string> {
  const segment = await ledger.read(tip.stream, tip.partition, tip.lastFrom);
  let last = '';
  if (segment) for (const line of recordLines(segment)) last = line;
  return last;
}

/** Same broker time, and same bytes where the record still holds all of them in clear. */
function sameMessage(message: Message, text: string): boolean {
  const line = JSON.parse(text) as EventLine | UnreadableLine;
  if (line.appended_at !== message.appendedAt) return false;
  if ('unreadable' in line) return line.unreadable.bytes === (message.value?.length ?? 0);
  if (line.encrypted) return true;
  const committed = storedEvent(Buffer.from(text, 'utf8').toString('latin1')).text;
  return Buffer.from(committed, 'latin1').equals(message.value ?? new Uint8Array());
}
