// SPDX-License-Identifier: Apache-2.0
import { baseKeys, listenKey, secretFile } from '@ashiato/runtime';
import { z } from 'zod';

/** Named here, since the type of the key cannot be named from outside its room. */
const token: z.ZodType<{ reveal(): string } | undefined> = secretFile().optional();

/** Keys of the desk wherever it runs. */
export const deskKeys = {
  ASHIATO_CUSTOMER_DESK_LISTEN: listenKey('127.0.0.1:8430', 'host:port of the customer desk'),
};

/** Settings of the desk as a process of its own. */
export const deskConfig = z.strictObject({
  ...deskKeys,
  ASHIATO_TLS_CERT_FILE: baseKeys.ASHIATO_TLS_CERT_FILE,
  ASHIATO_TLS_KEY_FILE: baseKeys.ASHIATO_TLS_KEY_FILE,
  ASHIATO_BEHIND_PROXY: baseKeys.ASHIATO_BEHIND_PROXY,
  ASHIATO_DATA_DIR: baseKeys.ASHIATO_DATA_DIR,
  ASHIATO_POLICY: baseKeys.ASHIATO_POLICY,
  ASHIATO_LOG_LEVEL: baseKeys.ASHIATO_LOG_LEVEL,
  ASHIATO_CUSTOMER_DESK_INTAKE_URL: z
    .url({ protocol: /^https?$/ })
    .default('http://127.0.0.1:8420')
    .describe('base address of the intake that takes its events'),
  ASHIATO_CUSTOMER_DESK_TOKEN_FILE: token
    .meta({ secret: true })
    .describe("path of a file with an emitter's token; unset: tokens/emitter in ASHIATO_DATA_DIR"),
  ASHIATO_CUSTOMER_DESK_SOURCE: z
    .string()
    .default('/sample/customer-desk')
    .describe('who emits; one running desk only'),
  ASHIATO_CUSTOMER_DESK_MODE: z
    .enum(['observe', 'strict', 'enforce'])
    .default('strict')
    .describe('strict shows nothing unrecorded; enforce refuses what the policy refuses'),
  ASHIATO_CUSTOMER_DESK_SAMPLE_STAFF: z
    .stringbool()
    .default(false)
    .describe('made-up staff who work at the desk by themselves'),
});
