// SPDX-License-Identifier: Apache-2.0
// How commands end: 0 ok, 1 found something wrong, 2 could not run (DESIGN 9).

/** Ends a command with its exit code; the message goes to standard error. */
export class CommandEnd extends Error {
  readonly exitCode: 1 | 2;
  constructor(exitCode: 1 | 2, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CommandEnd';
    this.exitCode = exitCode;
  }
}

/** The command could not do its work; say what would help. */
export const cannotRun = (message: string, cause?: unknown): CommandEnd =>
  new CommandEnd(2, message, { cause });
