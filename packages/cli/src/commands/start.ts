// SPDX-License-Identifier: Apache-2.0
// `ashiato start`: the whole trail in one process, the same as `npm start`.
import { Command } from 'commander';
import { runService } from './run-service.ts';

export const startCommand = (): Command =>
  new Command('start')
    .description('The whole trail in one process on embedded defaults; prints the sign-in address.')
    .allowUnknownOption()
    .helpOption(false)
    .argument('[options...]')
    .action((_: string[], __: object, command: Command) => runService('standalone', command.args));
