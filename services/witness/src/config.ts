// SPDX-License-Identifier: Apache-2.0
import { baseKeys } from '@ashiato/runtime';
import { z } from 'zod';

export const witnessConfig = z.strictObject({
  ASHIATO_WITNESS_DIR: z
    .string()
    .default('./ashiato-witness')
    .describe('folder of its key and of what it has cosigned; nobody else’s'),
  ASHIATO_WITNESS_LOG: z
    .string()
    .describe('verifier keys (C2SP vkey) of the logs that it watches, separated by commas'),
  ASHIATO_WITNESS_NAME: z
    .string()
    .regex(/^[^\s+]{1,200}$/, 'expected a URL without scheme, such as witness.example.jp')
    .optional()
    .describe('name of a key that is made here, a URL without scheme; unset: a random one'),
  // Public by nature: what passes is signed, and nothing of it is secret.
  ASHIATO_WITNESS_LISTEN: z
    .string()
    .regex(/^[A-Za-z0-9.-]+:\d{1,5}$/, 'expected host:port')
    .default('127.0.0.1:8460')
    .transform(text => ({ host: text.split(':')[0]!, port: Number(text.split(':')[1]) }))
    .describe('host:port to listen on'),
  ASHIATO_LOG_LEVEL: baseKeys.ASHIATO_LOG_LEVEL,
});
