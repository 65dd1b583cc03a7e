// SPDX-License-Identifier: Apache-2.0

/**
 * Why an extract could not be made.
 * - REQUEST: what was asked for cannot be, with all that is wrong
 * - NOT_REACHED: the log does not yet reach into the period
 * - LOG: there is no checkpoint, it is not accepted by the log's own policy, or its tiles are damaged
 * - EVIDENCE: a segment, an index or a policy is missing, or is not the one in the log
 * - TOO_LARGE: a member or the file would pass 4 GiB
 */
export type ExtractErrorCode = 'REQUEST' | 'NOT_REACHED' | 'LOG' | 'EVIDENCE' | 'TOO_LARGE';

export class ExtractError extends Error {
  readonly code: ExtractErrorCode;
  constructor(code: ExtractErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ExtractError';
    this.code = code;
  }
}
