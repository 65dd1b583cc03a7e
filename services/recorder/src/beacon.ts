// SPDX-License-Identifier: Apache-2.0
// Beacons: a small event in every partition each minute, so that silence has offsets too (DESIGN 6).
import { randomUUID } from 'node:crypto';
import type { Publisher } from '@ashiato/queue';
import { BEACON_TYPE } from '@ashiato/schema';

/** Durable in every given partition when it resolves. */
export async function publishBeacons(
  publisher: Publisher,
  places: readonly { topic: string; partition: number }[],
  recorder: string,
  now: Date,
): Promise<void> {
  if (places.length === 0) return;
  await publisher.publish(
    places.map(({ topic, partition }) => ({ topic, partition, key: null, value: beacon(recorder, now) })),
  );
}

const beacon = (recorder: string, now: Date): Buffer =>
  Buffer.from(
    JSON.stringify({
      specversion: '1.0',
      id: randomUUID(),
      source: `/ashiato/recorder/${recorder}`,
      type: BEACON_TYPE,
      time: now.toISOString(),
      datacontenttype: 'application/json',
      data: { recorder },
    }),
  );
