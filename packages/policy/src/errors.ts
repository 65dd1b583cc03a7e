// SPDX-License-Identifier: Apache-2.0
// What this room could not do. Outcomes about an event are verdicts, never errors.

/** One thing wrong in a policy file. `line` and `column` count from 1. */
export type Problem = {
  path: string;
  line: number;
  column: number;
  /** Where in the document, as dotted member names. */
  at: string;
  expected: string;
  found: string;
};

export type PolicyErrorCode =
  /** A case beside a policy comes out otherwise than it says. */
  | 'CASE_FAILED'
  /** The files are no policy; `problems` names all that is wrong. */
  | 'INVALID'
  /** The files or bundles given do not belong together. */
  | 'MISMATCH'
  /** Two versions claim the same time. */
  | 'OVERLAP'
  /** A finding names a code that its bundle does not hold. */
  | 'UNKNOWN_CODE'
  /** A folder holds no policy, or could not be read. */
  | 'UNREADABLE';

/** Thrown by parsing, compiling and loading; judging an event never throws. */
export class PolicyError extends Error {
  code: PolicyErrorCode;
  problems: readonly Problem[];

  constructor(
    code: PolicyErrorCode,
    message: string,
    options: { problems?: readonly Problem[]; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'PolicyError';
    this.code = code;
    this.problems = options.problems ?? [];
  }
}

/** One line a problem: `file:line:column at: expected …, found …`. */
export function problemText(problem: Problem): string {
  const { path, line, column, at, expected, found } = problem;
  return `${path}:${line}:${column} ${at}: expected ${expected}, found ${found}`;
}
