// SPDX-License-Identifier: Apache-2.0
// A witness that an auditor runs beside nothing else of ours (`ashiato witness`).
import { join } from 'node:path';
import { createLogger, RuntimeError, runMain } from '@ashiato/runtime';
import { Malformed } from '@ashiato/tlog';
import { formatVkey, parseVkey } from '@ashiato/tlog/note';
import { witnessConfig } from './config.ts';
import { openSeenHeads } from './seen-heads.ts';
import { openWitnessKey } from './witness-key.ts';
import { witnessPart } from './witness-part.ts';

await runMain(
  'witness',
  witnessConfig,
  async config => {
    const logger = createLogger({ name: 'witness', level: config.ASHIATO_LOG_LEVEL });
    const logs = config.ASHIATO_WITNESS_LOG.split(',').map(text => {
      const key = parseVkey(text.trim());
      if (key instanceof Malformed) throw new RuntimeError('CONFIG', `ASHIATO_WITNESS_LOG: ${key.message}`);
      return key;
    });
    const signer = openWitnessKey(config.ASHIATO_WITNESS_DIR, config.ASHIATO_WITNESS_NAME);
    const seen = openSeenHeads(join(config.ASHIATO_WITNESS_DIR, 'seen.db'));
    const now = () => Math.floor(Date.now() / 1000);
    const { host, port } = config.ASHIATO_WITNESS_LISTEN;
    process.stdout.write(`witness NAME ${formatVkey(signer.key)} http://${host}:${port}\n`);
    const http = witnessPart(config.ASHIATO_WITNESS_LISTEN, { logs, signer, seen, now, logger });
    return { parts: [{ name: 'state', close: async () => seen.close() }, http], logger };
  },
  {
    '--dir': {
      key: 'ASHIATO_WITNESS_DIR',
      meaning: 'DIR of its key and of what it has cosigned (./ashiato-witness)',
    },
    '--log': { key: 'ASHIATO_WITNESS_LOG', meaning: 'VKEY of the log that it watches' },
    '--name': { key: 'ASHIATO_WITNESS_NAME', meaning: 'NAME of its key, a URL without scheme' },
    '--listen': { key: 'ASHIATO_WITNESS_LISTEN', meaning: 'HOST:PORT to listen on (127.0.0.1:8460)' },
  },
);
