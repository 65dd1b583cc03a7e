// SPDX-License-Identifier: Apache-2.0
import { engineKeys, healthListenKey } from '@ashiato/runtime';
import { TOPICS } from '@ashiato/schema';
import { z } from 'zod';

const MiB = 2 ** 20;
const streamName = z.string().regex(/^[a-z][a-z0-9-]{0,62}$/);

export const recorderKeys = {
  ASHIATO_RECORDER_GROUP: z
    .string()
    .default('ashiato-recorder')
    .describe('consumer group that shares the partitions'),
  ASHIATO_RECORDER_ID: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/)
    .optional()
    .describe('name of this recorder in segments and beacons; unset: host and process'),
  ASHIATO_RECORDER_PARTITIONS: z.coerce
    .number()
    .int()
    .min(1)
    .max(10_000)
    .default(6)
    .describe('partitions of a topic that is made; fixed for ever'),
  ASHIATO_RECORDER_ACCESS_STREAM: streamName
    .default('access')
    .describe(`stream fed by ${TOPICS.access}; a new name for a topic made anew`),
  ASHIATO_RECORDER_CONTEXT_STREAM: streamName.default('context').describe(`stream fed by ${TOPICS.context}`),
  ASHIATO_RECORDER_CONTROL_STREAM: streamName.default('control').describe(`stream fed by ${TOPICS.control}`),
  ASHIATO_RECORDER_FLUSH_BYTES: z.coerce
    .number()
    .int()
    .min(1024)
    .max(256 * MiB)
    .default(32 * MiB)
    .describe('bytes of events that make a segment due'),
  ASHIATO_RECORDER_FLUSH_RECORDS: z.coerce
    .number()
    .int()
    .min(1)
    .max(1_000_000)
    .default(50_000)
    .describe('records that make a segment due'),
  ASHIATO_RECORDER_LINGER_MS: z.coerce
    .number()
    .int()
    .min(0)
    .max(60_000)
    .default(1000)
    .describe('longest wait of an event for its segment, ms'),
  ASHIATO_RECORDER_IDLE_LINGER_MS: z.coerce
    .number()
    .int()
    .min(0)
    .max(3_600_000)
    .default(60_000)
    .describe('the same when only beacons wait, ms'),
  ASHIATO_RECORDER_BEACON_MS: z.coerce
    .number()
    .int()
    .min(1000)
    .max(3_600_000)
    .default(60_000)
    .describe('how often a beacon is written into every partition, ms'),
  ASHIATO_RECORDER_MODE: z
    .enum(['literal', 'strict'])
    .default('strict')
    .describe('which mode is the verdict'),
  ASHIATO_RECORDER_FUTURE_MS: z.coerce
    .number()
    .int()
    .min(0)
    .default(300_000)
    .describe('event time ahead of the broker that is marked, ms'),
  ASHIATO_RECORDER_PAST_MS: z.coerce
    .number()
    .int()
    .min(0)
    .default(30 * 86_400_000)
    .describe('event time behind the broker that is marked, ms'),
};

export const recorderConfig = z.strictObject({
  ...engineKeys,
  ...recorderKeys,
  ASHIATO_RECORDER_HEALTH_LISTEN: healthListenKey.describe(
    'host:port for /healthz, /readyz and /metrics of a recorder process; unset: none',
  ),
});

/** The keys of the recorder, as they come out of the configuration. */
export type RecorderSettings = z.output<
  z.ZodObject<typeof recorderKeys & Pick<typeof engineKeys, 'ASHIATO_POLICY_POLL_MS'>>
>;
