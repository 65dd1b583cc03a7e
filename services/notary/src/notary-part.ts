// SPDX-License-Identifier: Apache-2.0
// The notary's part in a process.
import { readFileSync } from 'node:fs';
import type { Ledger } from '@ashiato/ledger';
import { createLog } from '@ashiato/ledger/log';
import type { ObjectStore } from '@ashiato/objects';
import { type Logger, type Metrics, type Part, RuntimeError } from '@ashiato/runtime';
import { Malformed } from '@ashiato/tlog';
import { formatVkey, type VerifierKey } from '@ashiato/tlog/note';
import { parsePolicy, type TlogPolicy } from '@ashiato/tlog/proof';
import type { NotarySettings } from './config.ts';
import { openLogKey } from './log-key.ts';
import { createNotary } from './notary.ts';
import { createNotaryMetrics } from './notary-metrics.ts';
import { createStamps } from './stamps.ts';
import { createWitnesses } from './witnesses.ts';

export interface NotaryPartDeps {
  objects: ObjectStore;
  ledger: Ledger;
  settings: NotarySettings;
  metrics: Metrics;
  logger: Logger;
}

/** Reads or makes the log's key and wires a notary; nothing runs yet. */
export function notaryPart(deps: NotaryPartDeps): { part: Part; vkey: string; ready: () => boolean } {
  const { objects, ledger, settings, logger } = deps;
  const signer = openLogKey(settings);
  const trust = settings.ASHIATO_NOTARY_TRUST;
  const log = createLog({ objects });
  const timeoutMs = settings.ASHIATO_NOTARY_TIMEOUT_MS;
  const url = settings.ASHIATO_NOTARY_TSA_URL;
  const notary = createNotary({
    log,
    ledger,
    objects,
    signer,
    witnesses: trust === undefined ? undefined : createWitnesses(readTrust(trust, signer.key), timeoutMs),
    stamp: url === undefined ? undefined : createStamps({ log, url, timeoutMs, now: Date.now }),
    intervalMs: settings.ASHIATO_NOTARY_INTERVAL_MS,
    metrics: createNotaryMetrics(deps.metrics),
    report: logger,
  });
  const vkey = formatVkey(signer.key);
  logger.info({ vkey }, 'the log is signed with this key');
  return { part: { name: 'notary', run: signal => notary.run(signal) }, vkey, ready: notary.ready };
}

function readTrust(path: string, log: VerifierKey): TlogPolicy {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new RuntimeError('CONFIG', `ASHIATO_NOTARY_TRUST: ${path} cannot be read`, cause);
  }
  const policy = parsePolicy(text);
  if (policy instanceof Malformed) throw new RuntimeError('CONFIG', `${path}: ${policy.message}`);
  const vkey = formatVkey(log);
  if (!policy.logs.some(({ key }) => formatVkey(key) === vkey))
    throw new RuntimeError(
      'CONFIG',
      `${path}: expected a line "log ${vkey}", or no checkpoint would be accepted`,
    );
  const silent = policy.witnesses.filter(({ url }) => url === undefined).map(({ name }) => name);
  if (silent.length > 0)
    throw new RuntimeError(
      'CONFIG',
      `${path}: expected a URL behind the key of each witness, found none for ${silent.join(', ')}`,
    );
  return policy;
}
