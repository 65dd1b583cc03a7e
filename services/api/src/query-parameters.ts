// SPDX-License-Identifier: Apache-2.0
// Query strings -> typed parameters. Untrusted; every wrong place is told at once, with what was expected and got.
import type { z } from 'zod';
import { ApiError, type ProblemPlace } from './problems.ts';

export interface Parameter {
  /** Of one value, as text in the query string. */
  schema: z.ZodType;
  expected: string;
  /** May be given several times: any of them. */
  list?: true;
  /** Several values in one, separated by commas. */
  commas?: true;
}
export type Parameters = Record<string, Parameter>;

/** The values by name; absent ones are left out. Throws ApiError unknown_parameter or invalid_parameter. */
export function readParameters(parameters: Parameters, query: unknown): Record<string, unknown> {
  const errors: ProblemPlace[] = [];
  const values: Record<string, unknown> = {};
  for (const [name, sent] of Object.entries(query as Record<string, string | string[]>)) {
    const parameter = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
    if (!parameter) {
      errors.push({
        member: name,
        code: 'unknown',
        expected: `one of ${Object.keys(parameters).join(', ')}`,
      });
    } else values[name] = readParameter(name, parameter, sent, errors);
  }
  if (errors.length === 0) return values;
  const code = errors.some(error => error.code === 'unknown') ? 'unknown_parameter' : 'invalid_parameter';
  const [first] = errors;
  const got = first!.got === undefined ? '' : `, got ${first!.got}`;
  throw new ApiError(code, `${first!.member}: expected ${first!.expected}${got}`, errors);
}

function readParameter(
  member: string,
  { schema, expected, list, commas }: Parameter,
  sent: string | string[],
  errors: ProblemPlace[],
): unknown {
  const texts = typeof sent === 'string' ? [sent] : sent;
  if (texts.length > 1 && !list) {
    errors.push({ member, code: 'repeated', expected: `${expected}, once` });
    return undefined;
  }
  const parts = commas ? texts.flatMap(text => (text === '' ? [] : text.split(','))) : texts;
  const values = parts.map(text => {
    const parsed = schema.safeParse(text);
    if (!parsed.success)
      errors.push({ member, code: 'malformed', expected, got: JSON.stringify(text.slice(0, 80)) });
    return parsed.data;
  });
  return list || commas ? values : values[0];
}
