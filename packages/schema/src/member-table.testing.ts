// SPDX-License-Identifier: Apache-2.0
// The members of an access event as Markdown tables, read from its schema, for the README.
import { z } from 'zod';
import {
  accessEvent,
  actorId,
  decimal,
  keyedRef,
  subjectRef,
  thingId,
  timestamp,
  vocabularyId,
} from './access-event.ts';

interface Shape {
  type?: string;
  description?: string;
  pattern?: string;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  maxItems?: number;
  const?: string;
  enum?: string[];
  items?: Shape;
  properties?: Record<string, Shape>;
  required?: string[];
}

/** Forms that several members have; the first of two with one pattern would name both. */
const FORMS: Record<string, { schema: z.ZodType; about: string }> = {
  word: { schema: vocabularyId, about: 'an id of a vocabulary of the policy' },
  id: { schema: thingId, about: 'an id of a thing; no space, quote or at-sign' },
  'staff id': { schema: actorId, about: 'an id of a member of staff or a service; an at-sign is allowed' },
  customer: { schema: subjectRef, about: 'a keyed pseudonym, or a plain sample id such as `K-1`' },
  'keyed id': { schema: keyedRef, about: 'a keyed pseudonym, or a plain sample id such as `SW-2024-1`' },
  time: { schema: timestamp, about: 'RFC 3339 with an offset or Z' },
  number: { schema: decimal, about: 'a decimal integer as a string' },
};

const shapeOf = (schema: z.ZodType) => z.toJSONSchema(schema) as Shape;
const code = (pattern: string) => `\`${pattern.replaceAll('|', '\\|')}\``;

export function formTable(): string {
  const rows = Object.entries(FORMS).map(([name, { schema, about }]) => {
    const { pattern, maxLength } = shapeOf(schema);
    return `| ${name} | ${about} | ${code(pattern!)} | ${maxLength ?? ''} |`;
  });
  return ['| form | meaning | pattern | longest |', '|---|---|---|---|', ...rows, ''].join('\n');
}

/** One row per member, at every depth; members of a list of objects stand under `name[]`. */
export function memberTable(): string {
  const names = new Map(Object.entries(FORMS).map(([name, { schema }]) => [shapeOf(schema).pattern, name]));
  const rows = [...members(shapeOf(accessEvent), '')].map(({ path, needed, shape }) => {
    return `| \`${path}\` | ${needed ? '●' : ''} | ${form(shape, names)} | ${shape.description ?? ''} |`;
  });
  return ['| member | required | form | meaning |', '|---|---|---|---|', ...rows, ''].join('\n');
}

function* members(shape: Shape, above: string): Iterable<{ path: string; needed: boolean; shape: Shape }> {
  for (const [name, member] of Object.entries(shape.properties ?? {})) {
    const path = `${above}${name}`;
    yield { path, needed: shape.required?.includes(name) ?? false, shape: member };
    yield* members(member, `${path}.`);
    if (member.items) yield* members(member.items, `${path}[].`);
  }
}

function form(shape: Shape, names: Map<string | undefined, string>): string {
  if (shape.const !== undefined) return `\`${shape.const}\``;
  if (shape.enum) return shape.enum.map(value => `\`${value}\``).join(', ');
  if (shape.items) {
    const of = shape.items.properties ? 'objects' : `${form(shape.items, names)}s`;
    return `list of ${of}, at most ${shape.maxItems}`;
  }
  if (shape.pattern !== undefined) return names.get(shape.pattern) ?? code(shape.pattern);
  if (shape.type === 'integer') return `whole number, ${shape.minimum} to ${shape.maximum}`;
  return shape.type === 'boolean' ? 'true or false' : 'object';
}
