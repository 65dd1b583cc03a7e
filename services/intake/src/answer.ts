// SPDX-License-Identifier: Apache-2.0
// What the sender is told about each event.
import { formatRecordId, STREAMS, TOPICS } from '@ashiato/schema';
import type { Judged } from './judge-received.ts';
import { IntakeError, problemBody } from './problems.ts';
import type { Position } from './store-events.ts';

export interface Answer {
  status: number;
  body: Record<string, unknown>;
}

const STREAM_OF = new Map(STREAMS.map(stream => [TOPICS[stream], stream]));

/** 202 when every event is durable as an event; else the first refusal by weight, with the same list. */
export function answerTo(
  judged: Judged[],
  positions: (Position | undefined)[],
  recordedAs: Record<string, string>,
): Answer {
  const items = judged.map((one, index) => ({
    ...placeOf(one, index),
    ...outcomeOf(one),
    ...stored(positions[index], recordedAs),
  }));
  const accepted = judged.filter(({ kind }) => kind === 'event').length;
  const list = { accepted, items };
  const large = judged.findIndex(({ kind }) => kind === 'too_large');
  const unreadable = judged.findIndex(({ kind }) => kind === 'unreadable');
  if (large < 0 && unreadable < 0) return { status: 202, body: list };
  const body =
    large >= 0
      ? problemBody('event_too_large', `${nameOf(judged, large)} is over 65536 bytes and was not kept`, list)
      : problemBody('unreadable_event', unreadableDetail(judged, unreadable), { kept: true, ...list });
  return { status: body.status, body };
}

/** With `Prefer: handling=strict` (RFC 7240 section 4.4): anything that is wrong refuses the whole body. */
export function refuseAnyProblem(judged: Judged[]): void {
  const wrong = judged.findIndex(one => one.kind !== 'event' || one.problems.length > 0);
  if (wrong < 0) return;
  const items = judged.map((one, index) => ({ ...placeOf(one, index), ...outcomeOf(one), kept: false }));
  throw new IntakeError('refused_strictly', `${nameOf(judged, wrong)} has a problem; nothing was kept`, {
    kept: false,
    accepted: 0,
    items,
  });
}

const placeOf = ({ line }: Judged, index: number) => ({ index, ...(line === undefined ? {} : { line }) });

const nameOf = (judged: Judged[], index: number) =>
  judged[index]!.line === undefined ? `event ${index}` : `line ${judged[index]!.line}`;

function unreadableDetail(judged: Judged[], index: number): string {
  const one = judged[index]!;
  const problem = one.kind === 'unreadable' ? one.problem : '';
  return `${nameOf(judged, index)} is no event (${problem}); it was kept as evidence`;
}

function outcomeOf(one: Judged): Record<string, unknown> {
  switch (one.kind) {
    case 'event': {
      const problems = one.problems.map(({ member, kind, expected }) => ({ member, code: kind, expected }));
      return problems.length === 0 ? { id: one.id } : { id: one.id, problems };
    }
    case 'unreadable':
      return { unreadable: one.problem };
    case 'too_large':
      return { too_large: one.bytes.length };
  }
}

function stored(position: Position | undefined, recordedAs: Record<string, string>): Record<string, unknown> {
  if (position === undefined) return { kept: false };
  const { topic, partition, offset } = position;
  const record = formatRecordId(recordedAs[STREAM_OF.get(topic)!]!, partition, offset);
  return { kept: true, position: { topic, partition, offset }, record };
}
