// SPDX-License-Identifier: Apache-2.0

/**
 * What the ledger could not do. A lost race is no error: `commit` returns it.
 * - SEGMENT_FORMAT: a format version this reader does not know
 * - SEGMENT_SHAPE: bytes that are no segment: damaged, cut or not ours
 * - CHAIN: a segment whose `previous`, key or offsets do not follow from the one before it
 * - BROKER_DISAGREES: the broker's message at our last offset is not the one we committed
 * - INDEX: an index object that is damaged, or not the one that its segment gives
 * - LOG: objects of the log that do not follow from each other, or a second history where there is one already
 * - KEYS_TAKEN: the side object for encryption keys exists with other bytes
 */
export type LedgerErrorCode =
  | 'SEGMENT_FORMAT'
  | 'SEGMENT_SHAPE'
  | 'CHAIN'
  | 'BROKER_DISAGREES'
  | 'INDEX'
  | 'LOG'
  | 'KEYS_TAKEN';

export class LedgerError extends Error {
  readonly code: LedgerErrorCode;
  constructor(code: LedgerErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'LedgerError';
    this.code = code;
  }
}
