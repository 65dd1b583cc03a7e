// SPDX-License-Identifier: Apache-2.0

/**
 * - `REGISTRY`: the token registry is absent, damaged or of another format
 * - `TOKEN`: a token was asked for that cannot be (no label, a scope that its role does not have, a past end)
 * - `WRITE`: the registry or a token file could not be written
 */
export type AuthErrorCode = 'REGISTRY' | 'TOKEN' | 'WRITE';

export class AuthError extends Error {
  readonly code: AuthErrorCode;

  constructor(code: AuthErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'AuthError';
    this.code = code;
  }
}
