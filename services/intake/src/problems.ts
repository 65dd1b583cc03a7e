// SPDX-License-Identifier: Apache-2.0
// Every refusal this service can answer with (RFC 9457), in one table; the README's table is compared with it.

export const PROBLEMS = {
  invalid_header: [400, 'A CloudEvents header cannot be decoded'],
  unreadable_event: [400, 'Some bytes are no event; they were kept as evidence'],
  refused_strictly: [400, 'Refused as asked by Prefer: handling=strict; nothing was kept'],
  token_missing: [401, 'A bearer token is needed'],
  token_refused: [401, 'The bearer token is not valid'],
  role_not_allowed: [403, 'The role of this token may not send these events'],
  source_not_allowed: [403, 'The token is for other sources'],
  body_too_large: [413, 'The body is larger than 4 MiB; nothing was kept'],
  too_many_events: [413, 'More than 10,000 events in one body; nothing was kept'],
  event_too_large: [413, 'Some event is larger than 64 KiB and was not kept'],
  content_type: [415, 'No content type of a CloudEvent'],
  content_encoding: [415, 'The body is compressed'],
  bad_request: [400, 'The request is not valid HTTP for this path'],
  rate_exceeded: [429, 'This token sends more events than it may'],
  internal: [500, 'The service failed'],
  queue_not_writable: [503, 'The queue cannot be written now'],
} as const satisfies Record<string, readonly [status: number, title: string]>;

export type ProblemCode = keyof typeof PROBLEMS;

/** A refusal on its way to the caller; thrown, since nothing after it has a meaning. */
export class IntakeError extends Error {
  readonly code: ProblemCode;
  /** Further members of the answer; nothing personal. */
  readonly more: Record<string, unknown>;

  constructor(code: ProblemCode, detail: string, more: Record<string, unknown> = {}) {
    super(detail);
    this.name = 'IntakeError';
    this.code = code;
    this.more = more;
  }
}

export interface ProblemBody extends Record<string, unknown> {
  type: string;
  title: string;
  status: number;
  code: ProblemCode;
  detail: string;
}

export function problemBody(
  code: ProblemCode,
  detail: string,
  more: Record<string, unknown> = {},
): ProblemBody {
  const [status, title] = PROBLEMS[code];
  return { type: `urn:ashiato:problem:${code}`, title, status, code, detail, ...more };
}
