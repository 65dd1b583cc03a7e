// SPDX-License-Identifier: Apache-2.0
import { engineKeys, healthListenKey } from '@ashiato/runtime';
import { z } from 'zod';

export const notaryKeys = {
  ASHIATO_NOTARY_KEY_FILE: z
    .string()
    .optional()
    .describe(
      'path of the log’s secret key (C2SP skey); unset: keys/log.skey in ASHIATO_DATA_DIR, made when absent',
    ),
  ASHIATO_NOTARY_ORIGIN: z
    .string()
    .regex(/^[^\s+]{1,200}$/, 'expected a URL without scheme, such as log.example.jp/trail')
    .optional()
    .describe('name of a log whose key is made here, a URL without scheme; unset: a random one'),
  ASHIATO_NOTARY_INTERVAL_MS: z.coerce
    .number()
    .int()
    .min(50)
    .max(3_600_000)
    .default(2000)
    .describe('how often new segments are looked for, ms'),
  ASHIATO_NOTARY_TRUST: z
    .string()
    .optional()
    .describe('path of a tlog-policy with witnesses and quorum; unset: no witnesses are asked'),
  ASHIATO_NOTARY_TSA_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('address of an RFC 3161 authority that stamps a checkpoint a day; unset: none'),
  ASHIATO_NOTARY_TIMEOUT_MS: z.coerce
    .number()
    .int()
    .min(100)
    .max(600_000)
    .default(5000)
    .describe('longest wait for a witness or authority, ms'),
};

export const notaryConfig = z.strictObject({
  ASHIATO_DATA_DIR: engineKeys.ASHIATO_DATA_DIR,
  ASHIATO_OBJECTS_URL: engineKeys.ASHIATO_OBJECTS_URL,
  ASHIATO_OBJECTS_ACCESS_KEY: engineKeys.ASHIATO_OBJECTS_ACCESS_KEY,
  ASHIATO_OBJECTS_SECRET_FILE: engineKeys.ASHIATO_OBJECTS_SECRET_FILE,
  ASHIATO_LOG_LEVEL: engineKeys.ASHIATO_LOG_LEVEL,
  ...notaryKeys,
  ASHIATO_NOTARY_HEALTH_LISTEN: healthListenKey.describe(
    'host:port for /healthz, /readyz and /metrics of a notary process; unset: none',
  ),
});

/** The keys of the notary, as they come out of the configuration. */
export type NotarySettings = z.output<
  z.ZodObject<typeof notaryKeys & Pick<typeof engineKeys, 'ASHIATO_DATA_DIR'>>
>;
