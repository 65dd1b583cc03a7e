// SPDX-License-Identifier: Apache-2.0
// A configuration as rows, for the tables in the READMEs and for `--check-config`.
import { z } from 'zod';

export interface ConfigRow {
  key: string;
  description: string;
  required: boolean;
  /** As one would write it; empty where there is none. */
  default: string;
  secret: boolean;
  /** What is in force, where a loaded configuration was given; never a secret. */
  value?: string;
}

/** The keys in the schema's order. Give the loaded configuration to see what is in force. */
export function describeConfig<S extends z.ZodObject>(
  schema: S,
  config?: Readonly<z.output<S>>,
): ConfigRow[] {
  const loaded = config as Readonly<Record<string, unknown>> | undefined;
  return Object.entries(schema.shape).map(([key, type]) => {
    const secret = isSecret(type);
    const standard = defaultOf(type);
    const row = {
      key,
      description: type.description ?? '',
      required: !z.safeParse(type, undefined).success,
      default: standard === undefined ? '' : String(standard),
      secret,
    };
    return loaded === undefined ? row : { ...row, value: shown(loaded[key], secret) };
  });
}

/** The same as a Markdown table; generated READMEs hold exactly this. */
export function configTable(schema: z.ZodObject): string {
  const rows = describeConfig(schema).map(row => {
    const standard = row.required ? 'required' : row.default === '' ? '' : `\`${row.default}\``;
    return `| \`${row.key}\` | ${standard} | ${row.description.replaceAll('|', '\\|')} |`;
  });
  return ['| key | default | meaning |', '|---|---|---|', ...rows, ''].join('\n');
}

function shown(value: unknown, secret: boolean): string {
  if (value === undefined) return '(unset)';
  if (secret) return '[redacted]';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Looks through optional, default and transform to what lies inside. */
function* layers(type: z.core.$ZodType): Iterable<z.core.$ZodType> {
  yield type;
  if (type instanceof z.ZodPipe) yield* layers(type.in);
  if (type instanceof z.ZodOptional || type instanceof z.ZodDefault || type instanceof z.ZodNullable) {
    yield* layers(type.unwrap());
  }
}

function isSecret(type: z.core.$ZodType): boolean {
  for (const layer of layers(type)) if (z.globalRegistry.get(layer)?.secret === true) return true;
  return false;
}

function defaultOf(type: z.core.$ZodType): unknown {
  for (const layer of layers(type)) if (layer instanceof z.ZodDefault) return layer.def.defaultValue;
  return undefined;
}
