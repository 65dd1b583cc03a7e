// SPDX-License-Identifier: Apache-2.0
import { deskKeys } from '@ashiato/customer-desk';
import { intakeKeys } from '@ashiato/intake';
import { notaryKeys } from '@ashiato/notary';
import { recorderKeys } from '@ashiato/recorder';
import { baseKeys, engineKeys } from '@ashiato/runtime';
import { z } from 'zod';

/** Named here, since the type of the key cannot be named from outside its room. */
const listen: z.ZodType<{ host: string; port: number }> = baseKeys.ASHIATO_LISTEN;

/** One site, one process: fewer partitions and a shorter linger than a cluster has. */
export const standaloneConfig = z.strictObject({
  ...engineKeys,
  ASHIATO_LISTEN: listen,
  ASHIATO_TLS_CERT_FILE: baseKeys.ASHIATO_TLS_CERT_FILE,
  ASHIATO_TLS_KEY_FILE: baseKeys.ASHIATO_TLS_KEY_FILE,
  ASHIATO_BEHIND_PROXY: baseKeys.ASHIATO_BEHIND_PROXY,
  ...intakeKeys,
  ...recorderKeys,
  ASHIATO_RECORDER_PARTITIONS: recorderKeys.ASHIATO_RECORDER_PARTITIONS.default(2).describe(
    recorderKeys.ASHIATO_RECORDER_PARTITIONS.description!,
  ),
  ...notaryKeys,
  ASHIATO_STANDALONE_SAMPLE: z
    .stringbool()
    .default(true)
    .describe('a sample service with made-up staff at work; --no-sample stops both'),
  ...deskKeys,
});
