// SPDX-License-Identifier: Apache-2.0
// The intake as a process of its own, in front of Kafka; a queue of files can have one process only.
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openTokens } from '@ashiato/auth';
import { openQueue } from '@ashiato/queue';
import { createLogger, createMetrics, runMain } from '@ashiato/runtime';
import { intakeConfig } from './config.ts';
import { createServer } from './server.ts';

await runMain('intake', intakeConfig, async config => {
  const logger = createLogger({ name: 'intake', level: config.ASHIATO_LOG_LEVEL });
  const url = config.ASHIATO_QUEUE_URL ?? `file:${join(config.ASHIATO_DATA_DIR, 'queue')}`;
  const queue = openQueue(url, { report: ({ level, text }) => logger[level](text) });
  const tokens = openTokens(join(config.ASHIATO_DATA_DIR, 'tokens'));
  const { ASHIATO_TLS_CERT_FILE: cert, ASHIATO_TLS_KEY_FILE: key } = config;
  const tls =
    cert && key ? { tls: { cert: await readFile(cert, 'utf8'), key: await readFile(key, 'utf8') } } : {};
  const metrics = createMetrics('intake');
  const eventsPerSecond = config.ASHIATO_INTAKE_EVENTS_PER_SECOND;
  const app = await createServer({ queue, tokens, metrics, logger, eventsPerSecond, ...tls });

  async function serve(signal: AbortSignal): Promise<void> {
    await queue.ping();
    const address = await app.listen({ ...config.ASHIATO_LISTEN });
    logger.info({ address }, 'listening');
    if (!signal.aborted) await once(signal, 'abort');
    await app.close();
  }
  return {
    parts: [
      { name: 'queue', close: () => queue.close() },
      { name: 'http', run: serve },
    ],
    logger,
  };
});
