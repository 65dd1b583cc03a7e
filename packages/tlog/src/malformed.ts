// SPDX-License-Identifier: Apache-2.0

/**
 * What a parser returns for bytes that are not in the format: where, what was expected there and what was found.
 * A value, because bytes from outside may be anything; an `Error`, so that a caller who trusts them can throw it.
 */
export class Malformed extends Error {
  /** Such as `note: signature line 2`. */
  readonly place: string;
  readonly expected: string;
  readonly found: string;

  constructor(place: string, expected: string, found: string) {
    super(`${place}: expected ${expected}, found ${found}`);
    this.name = 'Malformed';
    this.place = place;
    this.expected = expected;
    this.found = found;
  }
}

/** Ends the parser around it (`asValue`). */
export function refuse(place: string, expected: string, found: string): never {
  throw new Malformed(place, expected, found);
}

/** Turns a refusal inside `parse` into what it returns. */
export function asValue<T>(parse: () => T): T | Malformed {
  try {
    return parse();
  } catch (error) {
    if (error instanceof Malformed) return error;
    throw error;
  }
}

/** At most 40 characters of what stood there, quoted. */
export function shown(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}
