// SPDX-License-Identifier: Apache-2.0
// The recorder as a process of its own: any number of them share the partitions.
import { setFlagsFromString } from 'node:v8';
import { createLedger } from '@ashiato/ledger';
import { ensureBucket, openObjectStore } from '@ashiato/objects';
import { openLivePolicy, shippedPolicy } from '@ashiato/policy/load';
import { openQueue } from '@ashiato/queue';
import { createLogger, createMetrics, enginesOf, healthPart, runMain } from '@ashiato/runtime';
import { openWarehouse } from '@ashiato/warehouse';
import { recorderConfig } from './config.ts';
import { recorderParts } from './recorder-parts.ts';

// Batches, segments and blocks are buffers outside the heap. Unless they count towards the limit of all memory, V8
// collects the whole heap for each 64 MiB of them: 84 times for 900,000 events, a fifth of all the work.
setFlagsFromString('--external-memory-accounted-in-global-limit');

await runMain('recorder', recorderConfig, async config => {
  const logger = createLogger({ name: 'recorder', level: config.ASHIATO_LOG_LEVEL });
  const engines = enginesOf(config);
  await ensureBucket(engines.objects.url, engines.objects.options);
  const objects = openObjectStore(engines.objects.url, engines.objects.options);
  const queue = openQueue(engines.queue, { report: ({ level, text }) => logger[level](text) });
  const warehouse = openWarehouse(engines.clickhouse);
  const policy = await openLivePolicy(config.ASHIATO_POLICY ?? shippedPolicy(), {
    mode: config.ASHIATO_RECORDER_MODE,
    log: logger,
  });
  const ledger = createLedger({ objects });
  const metrics = createMetrics('recorder');
  const { parts, recorder } = recorderParts({
    queue,
    objects,
    ledger,
    policy,
    warehouse,
    places: engines,
    settings: config,
    metrics,
    logger,
  });
  const drivers = [
    { name: 'objects', close: () => objects.close() },
    { name: 'queue', close: () => queue.close() },
    { name: 'clickhouse', close: () => warehouse.close() },
  ];
  const listen = config.ASHIATO_RECORDER_HEALTH_LISTEN;
  const health = listen ? [healthPart(listen, { metrics, ready: recorder.ready })] : [];
  return { parts: [...drivers, ...parts, ...health], logger };
});
