// SPDX-License-Identifier: Apache-2.0
// Secrets come by file path and stay out of every message, listing and log.
import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { z } from 'zod';

const HIDDEN = '[redacted]';

/** A secret that shows itself only where it is asked for by name. */
export interface Secret {
  reveal(): string;
}

function createSecret(text: string): Secret {
  const hidden = () => HIDDEN;
  return Object.freeze({ reveal: () => text, toString: hidden, toJSON: hidden, [inspect.custom]: hidden });
}

/**
 * A key whose value is the path of a file with the secret (one trailing line end is not part of it); the
 * configuration holds a `Secret`. Name such keys `…_FILE`, and describe them after calling this.
 */
export function secretFile() {
  return z
    .string()
    .transform((path, context): Secret => {
      const text = readSecret(path);
      if (text !== undefined && text !== '') return createSecret(text);
      const got = text === undefined ? 'one that cannot be read' : 'an empty one';
      context.issues.push({
        code: 'custom',
        input: path,
        message: `expected the path of a file with a secret, got ${got}`,
      });
      return z.NEVER;
    })
    .meta({ secret: true });
}

function readSecret(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').replace(/\r?\n$/, '');
  } catch {
    return undefined; // told by the caller as a problem of the configuration
  }
}
