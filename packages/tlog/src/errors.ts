// SPDX-License-Identifier: Apache-2.0

/**
 * What the library could not do. Bytes from outside that are not what they should be are values (`Malformed`,
 * refusals); an index or length that cannot be is a `RangeError`.
 * - NOT_WRITABLE: the format has no form for what we were asked to write or sign
 * - KEYS_AMBIGUOUS: two different known keys share name and id
 * - TILE_MISSING: the store has no such tile or entry bundle
 * - TILE_DAMAGED: a tile or bundle that does not hash to what the root demands
 * - TILE_CONFLICT: the store holds other bytes where we were to write
 */
export type TlogErrorCode =
  | 'NOT_WRITABLE'
  | 'KEYS_AMBIGUOUS'
  | 'TILE_MISSING'
  | 'TILE_DAMAGED'
  | 'TILE_CONFLICT';

export class TlogError extends Error {
  readonly code: TlogErrorCode;

  constructor(code: TlogErrorCode, message: string) {
    super(message);
    this.name = 'TlogError';
    this.code = code;
  }
}
