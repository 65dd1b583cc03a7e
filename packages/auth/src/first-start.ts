// SPDX-License-Identifier: Apache-2.0
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { AuthError } from './errors.ts';
import { replaceFile } from './registry.ts';
import type { Role } from './roles.ts';
import { createTokens } from './tokens.ts';

const FIRST_ROLES = ['emitter', 'viewer', 'investigator', 'regulator', 'admin'] as const satisfies Role[];

/**
 * Makes one token for each role but subject, in `<dir>/<role>` (mode 0600, the token and a line end), unless the
 * file is there. Returns the roles it made one for. If we stop between registry and file, a token stays in the
 * registry that nobody knows, and the next start makes another.
 */
export function firstStart(dir: string): Role[] {
  const tokens = createTokens(dir);
  const made: Role[] = [];
  for (const role of FIRST_ROLES) {
    const path = join(dir, role);
    if (statSync(path, { throwIfNoEntry: false }) !== undefined) continue;
    const { token } = tokens.issue({ role, label: 'made at first start' });
    try {
      replaceFile(path, `${token}\n`);
    } catch (cause) {
      throw new AuthError(
        'WRITE',
        `the token file ${path} could not be written; is the folder writable?`,
        cause,
      );
    }
    made.push(role);
  }
  return made;
}
