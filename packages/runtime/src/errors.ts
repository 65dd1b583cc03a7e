// SPDX-License-Identifier: Apache-2.0

/** - `CONFIG`: the configuration is not usable; the message holds every problem with its remedy. */
export type RuntimeErrorCode = 'CONFIG';

export class RuntimeError extends Error {
  readonly code: RuntimeErrorCode;

  constructor(code: RuntimeErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'RuntimeError';
    this.code = code;
  }
}
