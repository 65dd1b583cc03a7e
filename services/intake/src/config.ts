// SPDX-License-Identifier: Apache-2.0
import { baseKeys } from '@ashiato/runtime';
import { z } from 'zod';

/** Named here, since the type of the key cannot be named from outside its room. */
const listen: z.ZodType<{ host: string; port: number }> = baseKeys.ASHIATO_LISTEN;

/** Keys of the intake wherever it runs. */
export const intakeKeys = {
  ASHIATO_INTAKE_EVENTS_PER_SECOND: z.coerce
    .number()
    .positive()
    .default(10_000)
    .describe('most events a second of one token, on average over 5 s; beyond it 429'),
};

/** Settings of the intake as a process of its own. */
export const intakeConfig = z.strictObject({
  ASHIATO_LISTEN: listen,
  ASHIATO_TLS_CERT_FILE: baseKeys.ASHIATO_TLS_CERT_FILE,
  ASHIATO_TLS_KEY_FILE: baseKeys.ASHIATO_TLS_KEY_FILE,
  ASHIATO_BEHIND_PROXY: baseKeys.ASHIATO_BEHIND_PROXY,
  ASHIATO_DATA_DIR: baseKeys.ASHIATO_DATA_DIR,
  ASHIATO_QUEUE_URL: baseKeys.ASHIATO_QUEUE_URL,
  ASHIATO_LOG_LEVEL: baseKeys.ASHIATO_LOG_LEVEL,
  ...intakeKeys,
});
