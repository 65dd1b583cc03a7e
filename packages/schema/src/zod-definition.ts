// SPDX-License-Identifier: Apache-2.0
// What zod keeps of a schema, as far as the two compilers of this room read it.
import type { z } from 'zod';

export interface Definition {
  type: string;
  shape?: Record<string, z.ZodType>;
  innerType?: z.ZodType;
  element?: z.ZodType;
  entries?: Record<string, string>;
  values?: unknown[];
  checks?: { _zod: { def: Record<string, unknown> } }[];
}

export const definition = (schema: z.ZodType): Definition =>
  (schema as unknown as { _zod: { def: Definition } })._zod.def;

/** The number of a check that MUST be there: lists and numbers without bounds are refused when a module loads. */
export function bound(def: Definition, check: string, member: string): number {
  const found = (def.checks ?? []).find(c => c._zod.def.check === check);
  if (!found) throw new Error(`every ${def.type} of an event needs its ${check}`);
  return found._zod.def[member] as number;
}

/** The regular expression of a string that has one. */
export function patternOf(def: Definition): RegExp | undefined {
  const found = (def.checks ?? []).find(c => c._zod.def.format === 'regex');
  return found?._zod.def.pattern as RegExp | undefined;
}

/** The longest length that a string may have; without a bound its pattern MUST bound it. */
export function longestOf(def: Definition): number {
  const found = (def.checks ?? []).find(c => c._zod.def.check === 'max_length');
  return (found?._zod.def.maximum as number | undefined) ?? Number.POSITIVE_INFINITY;
}
