// SPDX-License-Identifier: Apache-2.0

/** `CHAIN`: what is stored does not follow from the start pointer. `TARGET`: no object that an order may destroy. */
export type RetentionErrorCode = 'CHAIN' | 'TARGET';

export class RetentionError extends Error {
  readonly code: RetentionErrorCode;

  constructor(code: RetentionErrorCode, message: string) {
    super(message);
    this.name = 'RetentionError';
    this.code = code;
  }
}
