// SPDX-License-Identifier: Apache-2.0
// What every `main.ts` does: read the configuration, say what is wrong with it, or build the parts and run them.
import type { z } from 'zod';
import { loadConfig } from './config.ts';
import { describeConfig } from './describe-config.ts';
import { RuntimeError } from './errors.ts';
import { type Part, runAll } from './lifecycle.ts';
import type { Logger } from './logger.ts';

/**
 * Runs a service and sets the exit code: 0 ended as asked, 1 a part failed, 2 it could not start. With
 * `--check-config` it prints the configuration (secrets hidden) and does nothing else; with `--help` the keys.
 */
export async function runMain<S extends z.ZodObject>(
  name: string,
  schema: S,
  build: (config: Readonly<z.output<S>>) => Promise<{ parts: readonly Part[]; logger: Logger }>,
): Promise<void> {
  try {
    if (process.argv.includes('--help')) return printKeys(name, schema);
    const config = loadConfig(schema);
    if (process.argv.includes('--check-config')) return printConfig(schema, config);
    const { parts, logger } = await build(config);
    process.exitCode = await runAll(parts, { logger });
  } catch (error) {
    const told =
      error instanceof RuntimeError ? error.message : error instanceof Error ? error.stack : String(error);
    process.stderr.write(`${name}: ${told}\n`);
    process.exitCode = 2;
  }
}

function printKeys(name: string, schema: z.ZodObject): void {
  const lines = describeConfig(schema).map(row => `  ${row.key}=${row.default}\n      ${row.description}`);
  process.stdout.write(`${name}: settings by environment\n${lines.join('\n')}\n`);
}

function printConfig<S extends z.ZodObject>(schema: S, config: Readonly<z.output<S>>): void {
  for (const { key, value } of describeConfig(schema, config))
    process.stdout.write(`${key}=${value ?? ''}\n`);
}
