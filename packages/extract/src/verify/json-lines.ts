// SPDX-License-Identifier: Apache-2.0
import { Stop } from './fault.ts';

/** No line of an extract is longer: a proof of a segment's largest index stays far below. */
const LONGEST_LINE = 2 ** 27;

/** The lines of a text that arrives in pieces, each without its newline. Throws Stop `member_malformed`. */
export async function* linesOf(pieces: AsyncIterable<Uint8Array>, place: string): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let rest = '';
  let line = 0;
  try {
    for await (const piece of pieces) {
      const text = rest + decoder.decode(piece, { stream: true });
      let from = 0;
      for (let end = text.indexOf('\n', rest.length); end >= 0; end = text.indexOf('\n', from)) {
        line++;
        yield text.slice(from, end);
        from = end + 1;
      }
      rest = text.slice(from);
      if (rest.length > LONGEST_LINE)
        throw new Stop('member_malformed', place, `line ${line + 1} has no end`);
    }
    rest += decoder.decode();
  } catch (cause) {
    if (cause instanceof TypeError) throw new Stop('member_malformed', place, `not UTF-8 after line ${line}`);
    throw cause;
  }
  if (rest !== '') throw new Stop('member_malformed', place, 'the last line does not end');
}
