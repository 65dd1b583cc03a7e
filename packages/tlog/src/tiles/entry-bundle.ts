// SPDX-License-Identifier: Apache-2.0
// Entry bundles (c2sp.org/tlog-tiles): up to 256 entries, each behind its length as 16 bits, big endian.
import { concat } from '../encoding.ts';
import { TlogError } from '../errors.ts';
import { asValue, type Malformed, refuse } from '../malformed.ts';

export const MAX_ENTRY_BYTES = 65_535;

/** @throws TlogError NOT_WRITABLE for an entry that is too long for its length to be written. */
export function formatBundle(entries: readonly Uint8Array[]): Uint8Array {
  return concat(entries.flatMap(entry => [lengthOf(entry), entry]));
}

function lengthOf({ length }: Uint8Array): Uint8Array {
  if (length > MAX_ENTRY_BYTES) {
    throw new TlogError('NOT_WRITABLE', `an entry of at most ${MAX_ENTRY_BYTES} bytes, got ${length}`);
  }
  return Uint8Array.of(length >> 8, length & 0xff);
}

/** The `width` entries of a bundle, as views of it. Untrusted input. */
export function parseBundle(bundle: Uint8Array, width: number): Uint8Array[] | Malformed {
  return asValue(() => {
    const entries: Uint8Array[] = [];
    let at = 0;
    while (at < bundle.length && entries.length < width) {
      const start = at + 2;
      const end = start + (bundle[at]! << 8) + (bundle[at + 1] ?? 0);
      if (end > bundle.length) {
        refuse(`bundle: entry ${entries.length}`, `${end - at} bytes`, `${bundle.length - at}`);
      }
      entries.push(bundle.subarray(start, end));
      at = end;
    }
    if (entries.length < width) refuse('bundle', `${width} entries`, `${entries.length}`);
    if (at < bundle.length) refuse('bundle', `${width} entries`, `${bundle.length - at} more bytes`);
    return entries;
  });
}
