// SPDX-License-Identifier: Apache-2.0
import { ClickHouseError } from '@clickhouse/client';

/**
 * What the warehouse could not do.
 * - UNREACHABLE: ClickHouse does not answer; try again later
 * - LIMIT: a query ran over its time, memory or result limit; ask for a shorter period or fewer dimensions
 * - ENGINE: ClickHouse refused a statement; `engine` names its error
 * - MIGRATION_CHANGED: a migration was applied with other text than this program carries
 * - ROWS_DIFFER: rows of a segment are there in another number than it has records; rebuild
 * - SHAPE: a row came back in another shape than its query promises
 * - CURSOR: a cursor that this program did not make
 */
export type WarehouseErrorCode =
  | 'UNREACHABLE'
  | 'LIMIT'
  | 'ENGINE'
  | 'MIGRATION_CHANGED'
  | 'ROWS_DIFFER'
  | 'SHAPE'
  | 'CURSOR';

export class WarehouseError extends Error {
  readonly code: WarehouseErrorCode;
  /** ClickHouse's own code of the error, such as 60 for an unknown table; empty where it did not come from there. */
  readonly engine: string;
  constructor(code: WarehouseErrorCode, message: string, engine = '') {
    super(message);
    this.name = 'WarehouseError';
    this.code = code;
    this.engine = engine;
  }
}

/** Codes of TOO_MANY_ROWS, TIMEOUT_EXCEEDED, TOO_SLOW, MEMORY_LIMIT_EXCEEDED, TOO_MANY_BYTES, …_ROWS_OR_BYTES. */
const LIMITS = new Set(['158', '159', '160', '241', '307', '396']);

/** Ours, not the network's: they go up as they are. */
const BUGS = new Set(['TypeError', 'RangeError', 'ReferenceError', 'SyntaxError']);

/**
 * Translates what the client threw. ClickHouse's message is left out on purpose: it may quote parameters, and
 * parameters may name a person.
 */
export function asWarehouseError(error: unknown, doing: string): WarehouseError {
  if (error instanceof WarehouseError) return error;
  if (error instanceof ClickHouseError) {
    const { code } = error;
    if (LIMITS.has(code)) {
      return new WarehouseError('LIMIT', `${doing}: over its limit (clickhouse code ${code})`, code);
    }
    return new WarehouseError('ENGINE', `${doing}: clickhouse refused it with code ${code}`, code);
  }
  if (error instanceof Error && !BUGS.has(error.name)) {
    const cause = (error as NodeJS.ErrnoException).code ?? error.name;
    return new WarehouseError('UNREACHABLE', `${doing}: no answer from clickhouse (${cause})`);
  }
  throw error;
}

/** The closed code of an error of any room, or its name: what a status or a metric label may show. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'UNKNOWN';
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : error.name;
}
