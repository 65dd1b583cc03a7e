// SPDX-License-Identifier: Apache-2.0
// `ashiato start`: the whole trail in one process, the same as `npm start`.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { Command } from 'commander';

const STANDALONE = join(import.meta.dirname, '../../../../services/standalone/src/main.ts');

export const startCommand = (): Command =>
  new Command('start')
    .description('The whole trail in one process on embedded defaults; prints the sign-in address.')
    .allowUnknownOption()
    .helpOption(false)
    .argument('[options...]')
    .action(async (_: string[], __: object, command: Command) => {
      const child = spawn(
        process.execPath,
        ['--disable-warning=ExperimentalWarning', STANDALONE, ...command.args],
        { stdio: 'inherit' },
      );
      process.on('SIGINT', () => {}); // the terminal sends it to both; the child drains and we wait
      process.on('SIGTERM', () => child.kill('SIGTERM'));
      const [code] = (await once(child, 'exit')) as [number | null];
      process.exitCode = code ?? 1;
    });
