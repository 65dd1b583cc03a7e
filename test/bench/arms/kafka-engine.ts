// SPDX-License-Identifier: Apache-2.0
// Arms B, B1 and B2: ClickHouse reads Kafka by itself. Our engine's version, but unconfined and in a process
// made for this alone.
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { startCpuClock } from '../cpu-clock.ts';
import type { Bed, Drain } from '../drain.ts';
import { laterCpu } from '../our-engine.ts';
import { type Feed, feedTable, feedView } from './kafka-engine-sql.ts';
import { startWorker, type Worker } from './worker.ts';

export async function runKafkaEngineArm(bed: Bed, feed: Feed): Promise<Drain> {
  const engine = startWorker('kafka-engine.ts', [bed.freshFolder('kafka-engine')]);
  try {
    const ask = asking(engine);
    await ask('CREATE DATABASE bench ENGINE = Atomic');
    await ask('USE bench');
    await ask(bed.recordsTable);
    await ask(feedTable(feed, bed.bootstrap, bed.topic));
    const clock = startCpuClock({ broker: bed.brokerPid, engine: engine.pid });
    await ask(feedView(feed));
    while (Number(await ask('SELECT count() FROM records')) < bed.events) await pause(100);
    const drain = { seconds: clock.seconds(), cpu: clock.spent() };
    await checkRows(ask, bed.events, feed);
    await ask('DROP VIEW feeding SYNC');
    await ask('DROP TABLE feed SYNC');
    return { ...drain, laterCpu: await laterCpu(engine.pid, ask) };
  } finally {
    await engine.stop();
  }
}

/** The rival must have done its work: every event once, and the columns read from it filled. */
async function checkRows(ask: Ask, events: number, feed: Feed): Promise<void> {
  const found = await ask(
    `SELECT count(), uniqExact(partition, offset), countIf(purpose != '' AND actor LIKE 'E-%' AND subject LIKE 's1.%'
       AND length(fields) > 0 AND reference_ids[1] LIKE 'c1.%' AND event_id != '' AND sequence > 0) FROM records`,
  );
  const expected = `${events}\t${events}\t${events}`;
  if (found !== expected)
    throw new Error(`arm ${feed}: expected ${expected} rows, places, filled; found ${found}`);
}

export type Ask = (sql: string) => Promise<string>;

function asking({ child }: Worker): Ask {
  let asked = 0;
  return async sql => {
    const id = ++asked;
    child.send({ id, sql });
    for (;;) {
      const [answer] = (await once(child, 'message')) as [{ id: number; text?: string; failure?: string }];
      if (answer.id !== id) continue;
      if (answer.failure !== undefined) throw new Error(`the engine refused a statement: ${answer.failure}`);
      return answer.text ?? '';
    }
  };
}
