// SPDX-License-Identifier: Apache-2.0
// The only place where the environment is read.
import { closest, distance } from 'fastest-levenshtein';
import { z } from 'zod';
import { baseKeys, publicListenProblem } from './base-config.ts';
import { RuntimeError } from './errors.ts';

/** Addresses where people and services come in. */
const LISTENS = ['ASHIATO_LISTEN', 'ASHIATO_CUSTOMER_DESK_LISTEN'];
const PREFIX = 'ASHIATO_';
const TESTS = 'ASHIATO_TEST_';
/** Keys `ASHIATO_<service>_…` belong to that service; others pass them by, for one environment serves them all. */
const SERVICES = [
  'INTAKE',
  'RECORDER',
  'NOTARY',
  'WITNESS',
  'DETECTOR',
  'API',
  'DASHBOARD',
  'CUSTOMER_DESK',
  'STANDALONE',
  'SDK',
];

type Env = Record<string, string | undefined>;

/**
 * Reads the `ASHIATO_*` keys of the environment into one frozen object. An empty value counts as unset. A key
 * that no service knows is refused with the nearest known name; `ASHIATO_TEST_*` is passed by. A public address to
 * listen on without TLS or proxy is refused.
 *
 * @param schema a `z.strictObject` whose keys all begin with `ASHIATO_`, each with a description
 * @throws RuntimeError `CONFIG` with all problems at once, and never with a value
 */
export function loadConfig<S extends z.ZodObject>(schema: S, env: Env = process.env): Readonly<z.output<S>> {
  const given = ownKeys(schema, env);
  const parsed = schema.safeParse(given);
  const problems = parsed.success ? [] : parsed.error.issues.flatMap(issue => explain(schema, issue));
  for (const key of LISTENS.filter(key => key in schema.shape)) {
    const problem = publicListenProblem(given, key);
    if (problem !== undefined) problems.push({ code: 'custom', path: [key], message: problem });
  }
  if (!parsed.success || problems.length > 0) {
    throw new RuntimeError(
      'CONFIG',
      `the configuration cannot be used:\n${z.prettifyError({ issues: problems })}`,
    );
  }
  return freeze(parsed.data);
}

/** The keys this schema must account for: its own, and those that belong to nobody. */
function ownKeys(schema: z.ZodObject, env: Env): Record<string, string> {
  const belongsElsewhere = (key: string) =>
    !(key in schema.shape) && (key in baseKeys || SERVICES.some(name => key.startsWith(`${PREFIX}${name}_`)));
  return Object.fromEntries(
    Object.entries(env).filter(
      (entry): entry is [string, string] =>
        entry[0].startsWith(PREFIX) &&
        !entry[0].startsWith(TESTS) &&
        entry[1] !== undefined &&
        entry[1] !== '' &&
        !(belongsElsewhere(entry[0]) && !isOwnPrefix(schema, entry[0])),
    ),
  );
}

/** A service does not pass by a misspelt key of its own. */
function isOwnPrefix(schema: z.ZodObject, key: string): boolean {
  const prefix = key.split('_').slice(0, 2).join('_');
  return !(key in baseKeys) && Object.keys(schema.shape).some(known => known.startsWith(`${prefix}_`));
}

type Issue = z.core.$ZodIssue;

function explain(schema: z.ZodObject, issue: Issue): Issue[] {
  if (issue.code !== 'unrecognized_keys') {
    const missing = issue.code === 'invalid_type' && issue.message.endsWith('received undefined');
    return [missing ? { ...issue, message: 'is required; set it' } : issue];
  }
  const known = [...new Set([...Object.keys(schema.shape), ...Object.keys(baseKeys)])];
  return issue.keys.map(key => ({
    code: 'custom',
    path: [key],
    message: `is no key of ours${hint(key, known)}`,
  }));
}

function hint(key: string, known: string[]): string {
  const nearest = closest(key, known);
  return distance(key, nearest) <= 5
    ? `; did you mean ${nearest}?`
    : '; remove it, or see the README for the keys';
}

function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    for (const inner of Object.values(value)) freeze(inner);
    Object.freeze(value);
  }
  return value;
}
