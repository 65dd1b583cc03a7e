// SPDX-License-Identifier: Apache-2.0
// `ashiato witness`: what an auditor runs. It has its own help, and its options are its settings.
import { Command } from 'commander';
import { runService } from './run-service.ts';

export const witnessCommand = (): Command =>
  new Command('witness')
    .description(
      'A witness for a log, on a machine of its own: cosigns checkpoints that continue each other.',
    )
    .allowUnknownOption()
    .helpOption(false)
    .argument('[options...]')
    .action((_: string[], __: object, command: Command) => runService('witness', command.args));
