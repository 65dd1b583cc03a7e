// SPDX-License-Identifier: Apache-2.0
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Queue } from '@ashiato/queue';
import type { Logger, Part } from '@ashiato/runtime';
import { createTrail, type Trail } from '@ashiato/sdk';
import { SAMPLE_SOURCES, type SampleSource } from './sample/sample-template.ts';
import { createSampleTraffic, seededRandom } from './sample/sample-traffic.ts';

/** Sample traffic as a part: one trail per source, through the sdk as any service's events. The burst comes once. */
export function samplePart({ queue, dir, logger }: { queue: Queue; dir: string; logger: Logger }): Part {
  const spools = join(dir, 'spool', 'sample');
  const marker = join(dir, 'sample-burst-done');
  const trails = {} as Record<SampleSource, Trail>;
  for (const source of SAMPLE_SOURCES) {
    trails[source] = createTrail({
      source,
      spoolDir: join(spools, source.split('/').at(-1)!),
      queue,
      onNotice: ({ level, text }) => logger[level]({ source }, text),
    });
  }
  return {
    name: 'sample traffic',
    async run(signal) {
      const burst = existsSync(marker) ? 0 : 300;
      const random = seededRandom(Date.now());
      const traffic = createSampleTraffic({ trails, random, now: Date.now, burst });
      if (burst > 0) writeFileSync(marker, '');
      await traffic.run(signal);
      await Promise.all(Object.values(trails).map(trail => trail.close({ deadlineMs: 5000 })));
    },
  };
}
