// SPDX-License-Identifier: Apache-2.0
// The api as a process of its own.
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { createSignIns, openTokens } from '@ashiato/auth';
import { createCompleteness } from '@ashiato/completeness';
import { createLedger } from '@ashiato/ledger';
import { createLog } from '@ashiato/ledger/log';
import { openObjectStore } from '@ashiato/objects';
import { openLivePolicy, shippedPolicy } from '@ashiato/policy/load';
import { sourceRegister } from '@ashiato/policy/registers';
import { createLogger, createMetrics, createPolicyGauges, enginesOf, runMain } from '@ashiato/runtime';
import { createTrail } from '@ashiato/sdk';
import { createReports, openWarehouse } from '@ashiato/warehouse';
import fastify, { type FastifyInstance } from 'fastify';
import { createApi } from './api.ts';
import { apiConfig } from './config.ts';
import { createExtractJobs } from './extract-jobs.ts';
import { keepCompleteness } from './keep-completeness.ts';
import { createReadRecorder } from './record-reads.ts';
import { createSentences } from './sentences.ts';

await runMain('api', apiConfig, async config => {
  const logger = createLogger({ name: 'api', level: config.ASHIATO_LOG_LEVEL });
  const engines = enginesOf(config);
  const objects = openObjectStore(engines.objects.url, engines.objects.options);
  const warehouse = openWarehouse(engines.clickhouse);
  const policy = await openLivePolicy(config.ASHIATO_POLICY ?? shippedPolicy(), {
    mode: config.ASHIATO_API_MODE,
    log: logger,
  });
  const metrics = createMetrics('api');
  createPolicyGauges(metrics, policy);
  const ledger = createLedger({ objects });
  const completeness = createCompleteness(() => ({
    ledger,
    objects,
    register: sourceRegister(policy.judge.bundles.at(-1)!),
  }));
  const trail = createTrail({
    source: `/ashiato/api/${hostname().replaceAll(/[^A-Za-z0-9._-]/g, '-')}`,
    spoolDir: join(config.ASHIATO_DATA_DIR, 'spool', 'api'),
    queueUrl: engines.queue,
    onNotice: ({ level, text }) => logger[level](text),
  });
  const { ASHIATO_TLS_CERT_FILE: cert, ASHIATO_TLS_KEY_FILE: key, ASHIATO_API_PAGE_DIR: page } = config;
  const https = cert && key ? { cert: await readFile(cert, 'utf8'), key: await readFile(key, 'utf8') } : null;
  const log = createLog({ objects });
  const dir = join(config.ASHIATO_DATA_DIR, 'extracts-under-way');
  const extracts = createExtractJobs({ objects, ledger, log, dir, logger });
  const app: FastifyInstance = fastify({
    logger: false,
    forceCloseConnections: 'idle',
    ...(https ? { https } : {}),
  });
  await app.register(
    createApi({
      warehouse,
      reports: createReports(warehouse),
      ledger,
      log,
      extracts,
      completeness,
      judge: policy.judge,
      tokens: openTokens(join(config.ASHIATO_DATA_DIR, 'tokens')),
      signIns: createSignIns(),
      sentences: createSentences({ judge: policy.judge, objects, logger }),
      recordRead: createReadRecorder({ trail, now: Date.now }),
      metrics,
      logger,
      secureCookies: https !== null || config.ASHIATO_BEHIND_PROXY,
      ...(page === undefined ? {} : { page: await pageIn(page) }),
    }),
  );

  async function serve(signal: AbortSignal): Promise<void> {
    await trail.start();
    const address = await app.listen({ ...config.ASHIATO_LISTEN });
    logger.info({ address }, 'listening');
    if (!signal.aborted) await once(signal, 'abort');
    await app.close();
  }
  return {
    parts: [
      { name: 'objects', close: () => objects.close() },
      { name: 'clickhouse', close: () => warehouse.close() },
      { name: 'trail', close: async () => void (await trail.close({ deadlineMs: 5000 })) },
      { name: 'policy', run: signal => policy.follow(signal, { everyMs: config.ASHIATO_POLICY_POLL_MS }) },
      { name: 'extracts', run: signal => extracts.run(signal) },
      keepCompleteness(completeness, logger),
      { name: 'http', run: serve },
    ],
    logger,
  };
});

/** The page says itself under which policy it runs: the file stands beside its index. */
async function pageIn(dir: string) {
  const policy = await readFile(join(dir, 'content-security-policy.txt'), 'utf8');
  return { dir, contentSecurityPolicy: policy.trim() };
}
