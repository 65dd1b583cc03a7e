// SPDX-License-Identifier: Apache-2.0
// Arm D: reading alone, every message counted and dropped; the floor under A and C.
import { startCpuClock } from '../cpu-clock.ts';
import type { Bed, Drain } from '../drain.ts';
import { startWorker } from './worker.ts';

export async function runReadArm(bed: Bed, by: 'kafkajs' | 'queue'): Promise<Drain> {
  const worker = startWorker(`read-by-${by}.ts`, [bed.bootstrap, bed.topic, String(bed.events)]);
  try {
    await worker.begun;
    const clock = startCpuClock({ broker: bed.brokerPid, reader: worker.pid });
    await worker.done;
    return { seconds: clock.seconds(), cpu: clock.spent() };
  } finally {
    await worker.stop();
  }
}
