// SPDX-License-Identifier: Apache-2.0
// What this room could not do, and what the engine refused.

/** Why the embedded ClickHouse could not be started or kept running. */
export class ClickHouseEmbeddedError extends Error {
  override readonly name = 'ClickHouseEmbeddedError';
  readonly code: 'BAD_ARGUMENT' | 'DATA_FOLDER_IN_USE' | 'ENGINE_MISSING' | 'START_FAILED';

  constructor(code: ClickHouseEmbeddedError['code'], message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

/**
 * A refusal in ClickHouse's own words: `sqlCode` is ClickHouse's error number
 * (https://clickhouse.com/docs, `system.errors`) and `message` the full text
 * `Code: N. DB::Exception: … (NAME)`, as its HTTP interface answers it.
 */
export class SqlError extends Error {
  override readonly name = 'SqlError';
  readonly sqlCode: number;

  constructor(sqlCode: number, message: string) {
    super(message);
    this.sqlCode = sqlCode;
  }
}

/** A refusal of the front itself, worded as the engine would word it. */
export function sqlError(sqlCode: number, errorName: string, text: string): SqlError {
  return new SqlError(sqlCode, `Code: ${sqlCode}. DB::Exception: ${text}. (${errorName})`);
}

/** The engine's own text; text without a number is UNKNOWN_EXCEPTION (1002). */
export function sqlErrorFromEngine(text: string): SqlError {
  const match = /^Code: (\d+)\./.exec(text);
  if (match) return new SqlError(Number(match[1]), text.trimEnd());
  return sqlError(1002, 'UNKNOWN_EXCEPTION', text.trim() || 'the engine gave no reason');
}
