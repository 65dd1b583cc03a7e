// SPDX-License-Identifier: Apache-2.0
// `ashiato`: from a checkout, `npm run -s ashiato -- <command>`.
import { Command } from 'commander';
import { extractCommand } from './commands/extract.ts';
import { forwardCommand } from './commands/forward.ts';
import { holdCommand } from './commands/hold.ts';
import { keyCommand } from './commands/key.ts';
import { policyCommand } from './commands/policy.ts';
import { queryCommand } from './commands/query.ts';
import { rebuildCommand } from './commands/rebuild.ts';
import { recordCommand } from './commands/record.ts';
import { retentionCommand } from './commands/retention.ts';
import { signInCommand } from './commands/sign-in.ts';
import { stackCommand } from './commands/stack.ts';
import { startCommand } from './commands/start.ts';
import { tokenCommand } from './commands/token.ts';
import { verifyCommand } from './commands/verify.ts';
import { witnessCommand } from './commands/witness.ts';
import { CommandEnd } from './exit.ts';
import { say } from './output.ts';

// A reader that leaves early (`| head`) has what it wanted: the command still ends with its own exit code.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

const program = new Command('ashiato')
  .description('The audit trail for access to personal data.')
  .version('0.1.0')
  .showHelpAfterError('(add --help for the options)')
  .configureOutput({ writeErr: text => process.stderr.write(text) })
  .exitOverride(error => {
    process.exit(error.exitCode === 0 ? 0 : 2);
  })
  .addHelpText('after', '\nExit codes: 0 ok, 1 something wrong was found, 2 the command could not run.');
for (const make of [
  startCommand,
  stackCommand,
  signInCommand,
  recordCommand,
  forwardCommand,
  queryCommand,
  extractCommand,
  policyCommand,
  verifyCommand,
  rebuildCommand,
  holdCommand,
  retentionCommand,
  keyCommand,
  tokenCommand,
  witnessCommand,
]) {
  program.addCommand(make());
}
inheritSettings(program);

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommandEnd) {
    say(`ashiato: ${error.message}`);
    process.exitCode = error.exitCode;
  } else {
    const told =
      error instanceof Error && 'code' in error ? `${error.message} (${String(error.code)})` : error;
    say(`ashiato: ${told instanceof Error ? (told.stack ?? told.message) : String(told)}`);
    process.exitCode = 2;
  }
}

/** So that a wrong option ends every command alike, with 2: commands made elsewhere do not inherit by themselves. */
function inheritSettings(command: Command): void {
  for (const sub of command.commands) {
    sub.copyInheritedSettings(command);
    inheritSettings(sub);
  }
}
