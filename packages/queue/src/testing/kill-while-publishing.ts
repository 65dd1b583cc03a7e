// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** Runs publish-until-killed.ts, kills it (-9) after so many acknowledgements, and returns those it printed. */
export async function killWhilePublishing(url: string, topic: string, after: number): Promise<string[]> {
  const script = join(import.meta.dirname, 'publish-until-killed.ts');
  const child = spawn(process.execPath, [script, url, topic], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (more: string) => {
    said += more;
    if (said.split('\n').length > after) child.kill('SIGKILL');
  });
  await once(child, 'close');
  // The last line may have been cut by the kill.
  return said.split('\n').slice(0, -1);
}
