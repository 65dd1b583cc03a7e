// SPDX-License-Identifier: Apache-2.0
// The OpenAPI 3.1 document, made from the routes the server registers.
import { problem } from '@ashiato/schema';
import { z } from 'zod';
import { PROBLEMS, type ProblemCode } from './problems.ts';
import type { Parameter } from './query-parameters.ts';
import type { Route } from './route.ts';

const EVERYWHERE: ProblemCode[] = ['bad_request', 'internal'];

export function openApiDocument(routes: readonly Route[], morePaths: readonly Record<string, unknown>[]) {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.method]: operationOf(route) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Ashiato',
      version: '1',
      description: 'The audit trail for access to personal data. Times are RFC 3339, periods half open.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    paths: Object.assign(paths, ...morePaths),
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } },
      schemas: { Problem: z.toJSONSchema(problem) },
    },
  };
}

/** What a route can be refused with, besides what it says itself. */
export function problemsOf(route: Route): ProblemCode[] {
  const codes = new Set<ProblemCode>([...route.problems, ...EVERYWHERE]);
  if (route.parameters) codes.add('unknown_parameter');
  if (route.parameters && Object.keys(route.parameters).length > 0) codes.add('invalid_parameter');
  if (route.action) for (const code of ['unauthenticated', 'forbidden'] as const) codes.add(code);
  return [...codes];
}

function operationOf(route: Route) {
  const inPath = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  const inQuery = Object.entries(route.parameters ?? {}).map(([name, parameter]) =>
    queryParameter(name, parameter),
  );
  const body = route.body && {
    required: true,
    content: { 'application/json': { schema: z.toJSONSchema(route.body, { io: 'input' }) } },
  };
  return {
    operationId: route.operationId,
    summary: route.summary,
    security: route.action ? [{ bearer: [] }] : [],
    ...(route.action ? { description: `Needs a role that may do \`${route.action}\`.` } : {}),
    parameters: [...inPath, ...inQuery],
    ...(body ? { requestBody: body } : {}),
    responses: { [String(route.status ?? 200)]: success(route), ...refusals(problemsOf(route)) },
  };
}

function queryParameter(name: string, { schema, expected, list, commas }: Parameter) {
  const value = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  const many = list || commas ? { type: 'array', items: value } : value;
  return { name, in: 'query', description: expected, schema: many, explode: commas !== true };
}

function success({ answer, mediaTypes = [], summary }: Route) {
  const content: Record<string, unknown> = {};
  if (answer) content['application/json'] = { schema: z.toJSONSchema(answer) };
  for (const type of mediaTypes) content[type] = { schema: { type: 'string' } };
  return { description: summary, ...(Object.keys(content).length > 0 ? { content } : {}) };
}

function refusals(codes: readonly ProblemCode[]): Record<string, unknown> {
  const byStatus = Map.groupBy(codes, code => String(PROBLEMS[code][0]));
  const schema = { $ref: '#/components/schemas/Problem' };
  return Object.fromEntries(
    [...byStatus].map(([status, names]) => [
      status,
      { description: names.join(', '), content: { 'application/problem+json': { schema } } },
    ]),
  );
}
