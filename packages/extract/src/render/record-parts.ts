// SPDX-License-Identifier: Apache-2.0
// What a record says, as texts: an absent member, or one of another type than the schema's, is an empty text.
import type { ShownRecord } from '../verify/record-line.ts';

export interface RecordParts {
  text(value: unknown, ...path: string[]): string;
  subject: string;
  population: string;
  operation: string;
  form: string;
  fields: string[];
  purpose: string;
  business: string;
  recipient: string;
  recipientId: string;
  providerId: string;
  refs: Record<string, string>;
  outcome: string;
}

export function partsOf({ data }: Pick<ShownRecord, 'data'>): RecordParts {
  const population = at(data, 'population', 'count');
  const refs = at(data, 'refs');
  return {
    text,
    subject: text(data, 'subject', 'ref'),
    population: typeof population === 'number' ? String(population) : '',
    operation: text(data, 'operation'),
    form: data === null ? '' : text(data, 'form') || 'identified',
    fields: Array.isArray(data?.fields) ? data.fields.filter(field => typeof field === 'string') : [],
    purpose: text(data, 'purpose'),
    business: text(data, 'business'),
    recipient: text(data, 'recipient', 'category'),
    recipientId: text(data, 'recipient', 'id'),
    providerId: text(data, 'provider', 'id'),
    refs:
      typeof refs === 'object' && refs !== null
        ? Object.fromEntries(Object.entries(refs).filter(([, id]) => typeof id === 'string'))
        : {},
    outcome: data === null ? '' : text(data, 'outcome') || 'success',
  };
}

function at(value: unknown, ...path: string[]): unknown {
  return path.reduce<unknown>(
    (place, step) =>
      typeof place === 'object' && place !== null ? (place as Record<string, unknown>)[step] : undefined,
    value,
  );
}

function text(value: unknown, ...path: string[]): string {
  const found = at(value, ...path);
  return typeof found === 'string' ? found : '';
}
