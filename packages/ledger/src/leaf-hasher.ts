// SPDX-License-Identifier: Apache-2.0
// The leaf of one record (DESIGN 6): SHA-256(0x00 || public line || SHA-256(salt || who)), where the public line
// is the line with the salt and the values of actor, on_behalf_of and site replaced by null.
import { hash } from 'node:crypto';
import { HASH_BYTES } from '@ashiato/tlog';

export const SALT_BYTES = 16;
export const NULL_SALT = 'null';

export interface LeafHasher {
  /** Writes the leaf of `line` (public) into `leaves` at `at`; `salt` in hex, texts as binary strings. */
  into(leaves: Buffer, at: number, line: string, salt: string, who: string): void;
}

/** Keeps one scratch buffer, so that hashing a line allocates no memory of its own. */
export function createLeafHasher(): LeafHasher {
  let scratch = Buffer.allocUnsafe(4096);
  return {
    into(leaves, at, line, salt, who) {
      const needed = 1 + line.length + HASH_BYTES + SALT_BYTES + who.length;
      if (scratch.length < needed) scratch = Buffer.allocUnsafe(needed * 2);
      scratch[0] = 0;
      const lineEnd = 1 + scratch.write(line, 1, 'latin1');
      const saltEnd = lineEnd + scratch.write(salt, lineEnd, 'hex');
      const whoEnd = saltEnd + scratch.write(who, saltEnd, 'latin1');
      // The digest takes the place of what it is made of. A binary string costs less than the Buffer that hash would allocate.
      scratch.write(hash('sha256', scratch.subarray(lineEnd, whoEnd), 'binary'), lineEnd, 'latin1');
      leaves.write(hash('sha256', scratch.subarray(0, lineEnd + HASH_BYTES), 'binary'), at, 'latin1');
    },
  };
}

/** The event's text with the three who values replaced by `null`. */
export function hideWho(text: string, who: readonly number[]): string {
  let hidden = '';
  let from = 0;
  for (const [start, end] of inTextOrder(who)) {
    hidden += `${text.slice(from, start)}null`;
    from = end;
  }
  return from === 0 ? text : hidden + text.slice(from);
}

/** The spans that are there, in the order of the text. */
function inTextOrder(who: readonly number[]): [number, number][] {
  const spans: [number, number][] = [];
  for (let i = 0; i < who.length; i += 2) if (who[i]! >= 0) spans.push([who[i]!, who[i + 1]!]);
  return spans.length > 1 ? spans.sort((a, b) => a[0] - b[0]) : spans;
}

/** The bytes of actor, on_behalf_of and site, joined by 0x00; an absent one is empty. */
export function whoOf(text: string, who: readonly number[]): string {
  const [a, b, c, d, e, f] = who as [number, number, number, number, number, number];
  return `${a < 0 ? '' : text.slice(a, b)}\0${c < 0 ? '' : text.slice(c, d)}\0${e < 0 ? '' : text.slice(e, f)}`;
}
