// SPDX-License-Identifier: Apache-2.0
// Arm C: what a day's work gives. kafkajs, JSON.parse, JSONEachRow through the client into our front.
import { startCpuClock } from '../cpu-clock.ts';
import type { Bed, Drain } from '../drain.ts';
import { laterCpu, PASSWORD, startOurEngine } from '../our-engine.ts';
import { startWorker } from './worker.ts';

export async function runClientArm(bed: Bed): Promise<Drain> {
  const engine = await startOurEngine(bed.freshFolder('client'));
  const worker = startWorker('insert-rows.ts', [
    bed.bootstrap,
    bed.topic,
    String(bed.events),
    engine.url,
    PASSWORD,
  ]);
  try {
    await worker.begun;
    const clock = startCpuClock({ broker: bed.brokerPid, engine: engine.pid, client: worker.pid });
    await worker.done;
    const seconds = clock.seconds();
    const cpu = clock.spent();
    const rows = Number(await engine.ask('SELECT count() FROM records'));
    if (rows !== bed.events) throw new Error(`arm C: expected ${bed.events} rows, found ${rows}`);
    return { seconds, cpu, laterCpu: await laterCpu(engine.pid, engine.ask) };
  } finally {
    await worker.stop();
    await engine.stop();
  }
}
