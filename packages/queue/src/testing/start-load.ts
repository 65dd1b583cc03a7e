// SPDX-License-Identifier: Apache-2.0
import type { Queue } from '../queue.ts';

export interface Load {
  /** Values whose publish resolved, in no particular order. */
  acknowledged: string[];
  stop(): Promise<void>;
}

/** Publishes numbered values to each partition, batch after batch, until stopped. */
export function startLoad(queue: Queue, topic: string, partitions: number): Load {
  const acknowledged: string[] = [];
  const publisher = queue.publisher();
  let going = true;
  const workers = Array.from({ length: partitions }, async (_, partition) => {
    for (let batch = 0; going; batch++) {
      const values = Array.from({ length: 20 }, (_, i) => `${partition}:${batch}:${i}`);
      await publisher.publish(
        values.map(value => ({ topic, key: null, value: Buffer.from(value), partition })),
      );
      acknowledged.push(...values);
    }
  });
  return {
    acknowledged,
    async stop() {
      going = false;
      await Promise.all(workers);
      await publisher.close();
    },
  };
}
