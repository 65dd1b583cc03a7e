// SPDX-License-Identifier: Apache-2.0
// The whole trail in one process (`npm start`). Only addresses differ from a cluster: the parts are the same.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  createApi,
  createExtractJobs,
  createReadRecorder,
  createSentences,
  keepCompleteness,
} from '@ashiato/api';
import { createSignIns, firstStart, openTokens } from '@ashiato/auth';
import { createCompleteness } from '@ashiato/completeness';
import { buildDashboard, PAGE_CONTENT_SECURITY_POLICY } from '@ashiato/dashboard';
import { createIntake, intakePaths } from '@ashiato/intake';
import { createLedger } from '@ashiato/ledger';
import { createLog } from '@ashiato/ledger/log';
import { notaryPart } from '@ashiato/notary';
import { openLivePolicy, shippedPolicy } from '@ashiato/policy/load';
import { sourceRegister } from '@ashiato/policy/registers';
import { recorderParts } from '@ashiato/recorder';
import { createLogger, createMetrics, runMain } from '@ashiato/runtime';
import { createTrail } from '@ashiato/sdk';
import { createReports } from '@ashiato/warehouse';
import { standaloneConfig } from './config.ts';
import { openEngines } from './engines.ts';
import { assertFree, httpPart } from './http-part.ts';
import { sampleDesk } from './sample-desk.ts';

await runMain(
  'ashiato',
  standaloneConfig,
  async config => {
    const began = Date.now();
    const dir = config.ASHIATO_DATA_DIR;
    const logger = createLogger({ name: 'ashiato', level: config.ASHIATO_LOG_LEVEL });
    const policy = await openLivePolicy(config.ASHIATO_POLICY ?? shippedPolicy(), {
      mode: config.ASHIATO_RECORDER_MODE,
      log: logger,
    });
    const [engines, page] = await Promise.all([openEngines(config, logger), buildDashboard()]);
    const withSample = config.ASHIATO_STANDALONE_SAMPLE;
    await assertFree(config.ASHIATO_LISTEN, '--listen');
    if (withSample) await assertFree(config.ASHIATO_CUSTOMER_DESK_LISTEN, '--desk-listen');
    const { queue, objects, warehouse } = engines;
    firstStart(join(dir, 'tokens'));
    const tokens = openTokens(join(dir, 'tokens'));
    const signIns = createSignIns();
    const ledger = createLedger({ objects });
    const completeness = createCompleteness(() => ({
      ledger,
      objects,
      register: sourceRegister(policy.judge.bundles.at(-1)!),
    }));
    const metrics = createMetrics('standalone');
    const { parts, prepare } = recorderParts({
      queue,
      objects,
      ledger,
      policy,
      warehouse,
      places: engines.places,
      settings: config,
      metrics,
      logger,
    });
    const notary = notaryPart({ objects, ledger, settings: config, metrics, logger });
    await prepare(); // before the first event can come in
    const trail = createTrail({
      source: '/ashiato/api/standalone',
      spoolDir: join(dir, 'spool', 'api'),
      queue,
    });
    const log = createLog({ objects });
    const extracts = createExtractJobs({
      objects,
      ledger,
      log,
      dir: join(dir, 'extracts-under-way'),
      logger,
    });
    const { ASHIATO_TLS_CERT_FILE: cert, ASHIATO_TLS_KEY_FILE: key } = config;
    const tls =
      cert && key ? { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') } : undefined;
    const http = httpPart({
      listen: config.ASHIATO_LISTEN,
      tls,
      dir,
      places: engines.places,
      signIns,
      vkey: notary.vkey,
      began,
      plugins: [
        createIntake({
          queue,
          tokens,
          metrics,
          eventsPerSecond: config.ASHIATO_INTAKE_EVENTS_PER_SECOND,
        }),
        createApi({
          warehouse,
          reports: createReports(warehouse),
          ledger,
          log,
          extracts,
          completeness,
          judge: policy.judge,
          tokens,
          signIns,
          sentences: createSentences({ judge: policy.judge, objects, logger }),
          recordRead: createReadRecorder({ trail, now: Date.now }),
          metrics,
          logger,
          morePaths: [intakePaths],
          page: { dir: page, contentSecurityPolicy: PAGE_CONTENT_SECURITY_POLICY },
          secureCookies: tls !== undefined || config.ASHIATO_BEHIND_PROXY,
        }),
      ],
    });
    const sample = withSample ? [sampleDesk({ config, tls, queue, logger })] : [];
    const ownTrail = {
      name: 'reads of the trail',
      close: async () => void (await trail.close({ deadlineMs: 3000 })),
    };
    const extractsPart = { name: 'extracts', run: (signal: AbortSignal) => extracts.run(signal) };
    return {
      parts: [
        ...engines.parts,
        ownTrail,
        ...parts,
        notary.part,
        extractsPart,
        keepCompleteness(completeness, logger),
        http,
        ...sample,
      ],
      logger,
    };
  },
  {
    '--no-sample': { key: 'ASHIATO_STANDALONE_SAMPLE', value: 'false', meaning: 'no sample service' },
    '--listen': { key: 'ASHIATO_LISTEN', meaning: 'HOST:PORT to listen on (127.0.0.1:8420)' },
    '--desk-listen': {
      key: 'ASHIATO_CUSTOMER_DESK_LISTEN',
      meaning: 'HOST:PORT of the sample service (127.0.0.1:8430)',
    },
    '--data-dir': { key: 'ASHIATO_DATA_DIR', meaning: 'DIR for everything that is kept (./ashiato-data)' },
  },
);
