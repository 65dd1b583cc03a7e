// SPDX-License-Identifier: Apache-2.0
// The desk as a process of its own, in front of an intake.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compile } from '@ashiato/policy';
import { loadPolicies, shippedPolicy } from '@ashiato/policy/load';
import { createLogger, runMain } from '@ashiato/runtime';
import { deskConfig } from './config.ts';
import { deskPart, passwordFile } from './desk-part.ts';

await runMain(
  'customer-desk',
  deskConfig,
  async config => {
    const logger = createLogger({ name: 'customer-desk', level: config.ASHIATO_LOG_LEVEL });
    const dir = join(config.ASHIATO_DATA_DIR, 'customer-desk');
    const {
      ASHIATO_TLS_CERT_FILE: cert,
      ASHIATO_TLS_KEY_FILE: key,
      ASHIATO_CUSTOMER_DESK_MODE: mode,
    } = config;
    const tls =
      cert && key ? { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') } : undefined;
    const token =
      config.ASHIATO_CUSTOMER_DESK_TOKEN_FILE?.reveal() ??
      readFileSync(join(config.ASHIATO_DATA_DIR, 'tokens', 'emitter'), 'utf8').trim();
    const policies =
      mode === 'enforce' ? await loadPolicies(config.ASHIATO_POLICY ?? shippedPolicy()) : undefined;
    const desk = deskPart({
      listen: config.ASHIATO_CUSTOMER_DESK_LISTEN,
      ...(tls && { tls }),
      secureCookies: tls !== undefined || config.ASHIATO_BEHIND_PROXY,
      dir,
      source: config.ASHIATO_CUSTOMER_DESK_SOURCE,
      destination: { intakeUrl: config.ASHIATO_CUSTOMER_DESK_INTAKE_URL, token },
      mode,
      ...(policies && { policy: compile(policies, { mode: 'strict' }) }),
      sampleStaff: config.ASHIATO_CUSTOMER_DESK_SAMPLE_STAFF,
      logger,
      onListening: address =>
        logger.info({ address, sign_in: 'st-101', password_file: passwordFile(dir) }, 'listening'),
    });
    return { parts: [desk], logger };
  },
  {
    '--sample-staff': {
      key: 'ASHIATO_CUSTOMER_DESK_SAMPLE_STAFF',
      value: 'true',
      meaning: 'made-up staff work at the desk by themselves',
    },
  },
);
