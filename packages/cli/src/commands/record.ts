// SPDX-License-Identifier: Apache-2.0
// `ashiato record FILE|-`: sends CloudEvents, one JSON a line, to the intake; bytes are sent as they are.
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { Command } from 'commander';
import { CommandEnd, cannotRun } from '../exit.ts';
import { print, progress, say } from '../output.ts';
import { callTrail, type Where, withWhere } from '../trail-address.ts';

const LINES_A_REQUEST = 1000;
const BYTES_A_REQUEST = 2 * 2 ** 20;

interface Answer {
  accepted?: number;
  detail?: string;
  items?: {
    index: number;
    line: number;
    unreadable?: string;
    id?: string | null;
    record?: string;
    problems?: { member: string; code: string; expected: string }[];
    error?: { detail?: string };
  }[];
}

export const recordCommand = (): Command =>
  withWhere(
    new Command('record')
      .description('Send CloudEvents, one JSON a line, and wait until each is durable.')
      .argument('<file>', 'file with one event a line, or - for standard input'),
  )
    .option('--json', 'print the answer of the intake for each event, one a line')
    .action(record);

async function record(file: string, options: Where & { json?: boolean }): Promise<void> {
  const sent = { events: 0, accepted: 0, problems: 0 };
  const bar = progress('sent');
  for await (const { first, lines } of batches(file)) {
    const answer = await send(options, lines);
    sent.events += lines.filter(line => line.trim() !== '').length;
    sent.accepted += answer.accepted ?? 0;
    for (const item of answer.items ?? []) {
      if (options.json) print(JSON.stringify({ ...item, line: first + item.line }));
      else sent.problems += tell(first + item.line, item);
    }
    bar.at(sent.events, null);
  }
  bar.done();
  if (!options.json)
    say(
      `${sent.accepted} of ${sent.events} events are durable${sent.problems ? `, ${sent.problems} with problems` : ''}`,
    );
  if (sent.accepted < sent.events)
    throw new CommandEnd(1, `${sent.events - sent.accepted} events are not readable as events`);
}

function tell(line: number, item: NonNullable<Answer['items']>[number]): number {
  for (const { member, code, expected } of item.problems ?? [])
    say(`line ${line}: ${member || '(event)'} ${code}; expected ${expected}`);
  if (item.unreadable) say(`line ${line}: is no event (${item.unreadable}); its bytes are kept, encrypted`);
  return item.problems?.length ? 1 : 0;
}

async function send(options: Where, lines: string[]): Promise<Answer> {
  const headers = { 'content-type': 'application/x-ndjson' };
  const response = await callTrail(options, 'emitter', 'intake', '/v1/events', {
    method: 'POST',
    headers,
    body: lines.join('\n'),
  });
  const answer = (await response.json()) as Answer;
  if (response.ok || answer.items) return answer; // some items may be refused while others are kept
  throw cannotRun(`the intake answered ${response.status}: ${answer.detail ?? 'no reason given'}`);
}

/** Lines in groups that fit one request. */
async function* batches(file: string): AsyncGenerator<{ first: number; lines: string[] }> {
  const input = file === '-' ? process.stdin : createReadStream(file);
  let lines: string[] = [];
  let bytes = 0;
  let line = 0;
  let first = 0;
  try {
    for await (const text of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      lines.push(text); // empty ones too, so that the intake's line numbers are the file's
      bytes += text.length + 1;
      line++;
      if (lines.length < LINES_A_REQUEST && bytes < BYTES_A_REQUEST) continue;
      if (bytes > lines.length) yield { first, lines };
      [lines, bytes, first] = [[], 0, line];
    }
  } catch (cause) {
    throw cannotRun(`${file}: cannot be read`, cause);
  }
  if (bytes > lines.length) yield { first, lines }; // more than line ends
}
