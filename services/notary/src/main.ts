// SPDX-License-Identifier: Apache-2.0
// The notary as a process of its own. A second one beside it does no harm, and takes over when this one dies.
import { mkdirSync } from 'node:fs';
import { createLedger } from '@ashiato/ledger';
import { ensureBucket, openObjectStore } from '@ashiato/objects';
import { createLogger, createMetrics, healthPart, objectsOf, runMain } from '@ashiato/runtime';
import { notaryConfig } from './config.ts';
import { notaryPart } from './notary-part.ts';

await runMain('notary', notaryConfig, async config => {
  const logger = createLogger({ name: 'notary', level: config.ASHIATO_LOG_LEVEL });
  mkdirSync(config.ASHIATO_DATA_DIR, { recursive: true, mode: 0o700 });
  const place = objectsOf(config);
  await ensureBucket(place.url, place.options);
  const objects = openObjectStore(place.url, place.options);
  const metrics = createMetrics('notary');
  const { part, vkey, ready } = notaryPart({
    objects,
    ledger: createLedger({ objects }),
    settings: config,
    metrics,
    logger,
  });
  process.stdout.write(`${vkey}\n`);
  const listen = config.ASHIATO_NOTARY_HEALTH_LISTEN;
  const health = listen ? [healthPart(listen, { metrics, ready })] : [];
  return { parts: [{ name: 'objects', close: () => objects.close() }, part, ...health], logger };
});
