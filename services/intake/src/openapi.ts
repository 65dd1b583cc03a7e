// SPDX-License-Identifier: Apache-2.0
// The OpenAPI 3.1 path of this service, for whoever serves the whole document.

import { accessEvent } from '@ashiato/schema';
import { z } from 'zod';
import { PROBLEMS } from './problems.ts';

const position = {
  type: 'object',
  required: ['topic', 'partition', 'offset'],
  properties: { topic: { type: 'string' }, partition: { type: 'integer' }, offset: { type: 'integer' } },
};
const item = {
  type: 'object',
  required: ['index', 'kept'],
  properties: {
    index: { type: 'integer', description: 'place among the events of the body, from 0' },
    line: { type: 'integer', description: 'line of an NDJSON body, from 1' },
    id: { type: 'string', description: "the event's id; absent when the bytes are no event" },
    kept: { type: 'boolean', description: 'durable in the queue, as an event or as evidence' },
    position,
    record: { type: 'string', description: '<stream>.<partition>.<offset>, the id under /v1/records' },
    unreadable: { type: 'string', description: 'why the bytes are no event' },
    too_large: { type: 'integer', description: 'bytes, when over 65536; not kept' },
    problems: {
      type: 'array',
      items: {
        type: 'object',
        required: ['member', 'code', 'expected'],
        properties: {
          member: { type: 'string', description: 'JSON pointer into the event' },
          code: { enum: ['outside_schema', 'malformed', 'missing'] },
          expected: { type: 'string' },
        },
      },
    },
  },
};
const list = { accepted: { type: 'integer' }, items: { type: 'array', items: item } };
const event = z.toJSONSchema(accessEvent);

function refusals(): Record<string, unknown> {
  const codes = new Map<number, string[]>();
  for (const [code, [status]] of Object.entries(PROBLEMS))
    codes.set(status, [...(codes.get(status) ?? []), code]);
  return Object.fromEntries([...codes].map(([status, names]) => [String(status), refusal(names)]));
}

function refusal(codes: string[]) {
  const properties = {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { enum: codes },
    detail: { type: 'string' },
    kept: { type: 'boolean' },
    retry_after_s: { type: 'integer', description: 'with 429: seconds to wait, as in Retry-After' },
    ...list,
  };
  const schema = { type: 'object', required: ['type', 'title', 'status', 'code', 'detail'], properties };
  return { description: codes.join(', '), content: { 'application/problem+json': { schema } } };
}

/** `paths` of an OpenAPI document, to be merged with those of other services. */
export const intakePaths = {
  '/v1/events': {
    post: {
      operationId: 'sendEvents',
      summary: 'Send CloudEvents; 202 when they are durable',
      security: [{ bearer: [] }],
      parameters: [
        {
          name: 'Prefer',
          in: 'header',
          schema: { type: 'string' },
          description: 'handling=strict refuses the whole body when any event has a problem',
        },
      ],
      requestBody: {
        required: true,
        content: {
          'application/cloudevents+json': { schema: event },
          'application/x-ndjson': {
            schema: { type: 'string', description: 'one event a line, its bytes kept' },
          },
          'application/cloudevents-batch+json': { schema: { type: 'array', items: event } },
          'application/json': {
            schema: { description: 'binary mode: `data`, with the rest in ce- headers' },
          },
        },
      },
      responses: {
        '202': {
          description: 'every event is durable; those with problems say which',
          content: {
            'application/json': {
              schema: { type: 'object', required: ['accepted', 'items'], properties: list },
            },
          },
        },
        ...refusals(),
      },
    },
  },
};
