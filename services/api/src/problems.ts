// SPDX-License-Identifier: Apache-2.0
// Every refusal this service can answer with (RFC 9457), in one table; the README's table is compared with it.

export const PROBLEMS = {
  invalid_parameter: [400, 'A parameter is not as expected'],
  unknown_parameter: [400, 'There is no such parameter'],
  invalid_body: [400, 'The body is not as expected'],
  bad_request: [400, 'The request is not valid HTTP for this path'],
  unauthenticated: [401, 'A bearer token or a session is needed'],
  forbidden: [403, 'The role may not ask this'],
  not_found: [404, 'There is nothing at this path'],
  record_not_found: [404, 'No such record is projected'],
  record_not_logged: [404, 'The record is not under a published checkpoint yet'],
  no_checkpoint: [404, 'No checkpoint is published yet'],
  tile_not_found: [404, 'The log has no such tile'],
  extract_not_found: [404, 'No such extract, or none that you may read'],
  policy_not_found: [404, 'No such policy version is loaded'],
  extract_not_ready: [409, 'The extract is not made yet, or could not be'],
  body_too_large: [413, 'The body is larger than 64 KiB'],
  extract_refused: [422, 'The extract cannot be made as asked'],
  query_over_limit: [422, 'The question costs more than one may'],
  internal: [500, 'The service failed'],
  segment_unavailable: [503, 'The segment of the record cannot be read now'],
  read_not_recorded: [503, 'The read could not be recorded, so it was not answered'],
  log_unavailable: [503, 'The log cannot be read now, or is damaged'],
  warehouse_unavailable: [503, 'ClickHouse cannot be asked now'],
} as const satisfies Record<string, readonly [status: number, title: string]>;

export type ProblemCode = keyof typeof PROBLEMS;

/** One place that must be mended. */
export interface ProblemPlace {
  member: string;
  code: 'unknown' | 'malformed' | 'repeated' | 'missing';
  expected: string;
  /** What was sent there, cut to 80 characters: told to the sender only, never logged. */
  got?: string;
}

/** A refusal on its way to the caller; thrown, since nothing after it has a meaning. */
export class ApiError extends Error {
  readonly code: ProblemCode;
  readonly errors: ProblemPlace[];

  constructor(code: ProblemCode, detail: string, errors: ProblemPlace[] = []) {
    super(detail);
    this.name = 'ApiError';
    this.code = code;
    this.errors = errors;
  }
}

export function problemBody(code: ProblemCode, detail: string, errors: ProblemPlace[] = []) {
  const [status, title] = PROBLEMS[code];
  const more = errors.length > 0 ? { errors } : {};
  return { type: `urn:ashiato:problem:${code}`, title, status, code, detail, ...more };
}
