// SPDX-License-Identifier: Apache-2.0
// What every `main.ts` does: read the configuration, say what is wrong with it, or build the parts and run them.
import type { z } from 'zod';
import { loadConfig } from './config.ts';
import { describeConfig } from './describe-config.ts';
import { RuntimeError } from './errors.ts';
import { type Part, runAll } from './lifecycle.ts';
import type { Logger } from './logger.ts';

/** A flag on the command line that sets a key; without `value` the next word is its value. */
export interface Flag {
  key: string;
  value?: string;
  meaning: string;
}

/**
 * Runs a service and sets the exit code: 0 ended as asked, 1 a part failed, 2 it could not start. With
 * `--check-config` it prints the configuration (secrets hidden) and does nothing else; with `--help` the keys.
 */
export async function runMain<S extends z.ZodObject>(
  name: string,
  schema: S,
  build: (config: Readonly<z.output<S>>) => Promise<{ parts: readonly Part[]; logger: Logger }>,
  flags: Record<string, Flag> = {},
): Promise<void> {
  try {
    const { asked, env } = readArguments(process.argv.slice(2), flags);
    if (asked === '--help') return printHelp(name, schema, flags);
    const config = loadConfig(schema, { ...process.env, ...env });
    if (asked === '--check-config') return printConfig(schema, config);
    const { parts, logger } = await build(config);
    process.exitCode = await runAll(parts, { logger });
  } catch (error) {
    process.stderr.write(`${name}: ${told(error)}\n`);
    process.exitCode = 2;
    process.exit(); // what was opened before the failure must not keep a process that cannot work
  }
}

/** Errors of ours say in their message what is wrong and what helps; of others the stack is wanted. */
function told(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'code' in error || error instanceof RuntimeError ? error.message : (error.stack ?? error.message);
}

function readArguments(words: string[], flags: Record<string, Flag>) {
  const env: Record<string, string> = {};
  let asked: string | undefined;
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    const flag = flags[word];
    if (word === '--help' || word === '--check-config') asked = word;
    else if (!flag) throw new RuntimeError('CONFIG', `${word} is no option; --help lists them`);
    else {
      const value = flag.value ?? words[++i];
      if (value === undefined) throw new RuntimeError('CONFIG', `${word} needs a value`);
      env[flag.key] = value;
    }
  }
  return { asked, env };
}

function printHelp(name: string, schema: z.ZodObject, flags: Record<string, Flag>): void {
  const options = Object.entries(flags).map(([flag, { meaning }]) => `  ${flag.padEnd(22)} ${meaning}`);
  const keys = describeConfig(schema).map(row => `  ${row.key}=${row.default}\n      ${row.description}`);
  process.stdout.write(
    `${name}\n\nOptions:\n${options.map(line => `${line}\n`).join('')}  --check-config         print the configuration and end\n  --help                 this\n\nSettings by environment:\n${keys.join('\n')}\n`,
  );
}

function printConfig<S extends z.ZodObject>(schema: S, config: Readonly<z.output<S>>): void {
  for (const { key, value } of describeConfig(schema, config))
    process.stdout.write(`${key}=${value ?? ''}\n`);
}
