// SPDX-License-Identifier: Apache-2.0
import { baseKeys, engineKeys } from '@ashiato/runtime';
import { z } from 'zod';

/** Named here, since the type of the key cannot be named from outside its room. */
const listen: z.ZodType<{ host: string; port: number }> = baseKeys.ASHIATO_LISTEN;

/** Settings of the api as a process of its own. */
export const apiConfig = z.strictObject({
  ...engineKeys,
  ASHIATO_LISTEN: listen,
  ASHIATO_TLS_CERT_FILE: baseKeys.ASHIATO_TLS_CERT_FILE,
  ASHIATO_TLS_KEY_FILE: baseKeys.ASHIATO_TLS_KEY_FILE,
  ASHIATO_BEHIND_PROXY: baseKeys.ASHIATO_BEHIND_PROXY,
  ASHIATO_API_PAGE_DIR: z
    .string()
    .optional()
    .describe('folder of the built page, served at /; unset: no page'),
  ASHIATO_API_MODE: z
    .enum(['literal', 'strict'])
    .default('strict')
    .describe('which mode policies:evaluate answers'),
});
