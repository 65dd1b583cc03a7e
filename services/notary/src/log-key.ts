// SPDX-License-Identifier: Apache-2.0
// The log's key. It is made once; a log whose key is lost cannot be signed further, so a second is never made for it.
import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { RuntimeError } from '@ashiato/runtime';
import { Malformed } from '@ashiato/tlog';
import { formatSkey, formatVkey, parseSkey, type Signer } from '@ashiato/tlog/note';
import type { NotarySettings } from './config.ts';

/** Reads the key, or makes it where no path is given; puts its public part into `log.vkey` of the data folder. */
export function openLogKey(settings: NotarySettings): Signer {
  const dir = settings.ASHIATO_DATA_DIR;
  const path = settings.ASHIATO_NOTARY_KEY_FILE ?? join(dir, 'keys', 'log.skey');
  if (settings.ASHIATO_NOTARY_KEY_FILE === undefined) makeOnce(path, settings.ASHIATO_NOTARY_ORIGIN);
  const signer = readKey(path);
  writeFileSync(join(dir, 'log.vkey'), `${formatVkey(signer.key)}\n`);
  return signer;
}

function readKey(path: string): Signer {
  let text: string;
  try {
    text = readFileSync(path, 'utf8').trim();
  } catch (cause) {
    throw new RuntimeError(
      'CONFIG',
      `the log's key ${path} cannot be read: name the file that holds it`,
      cause,
    );
  }
  const signer = parseSkey(text);
  if (signer instanceof Malformed) throw new RuntimeError('CONFIG', `${path}: ${signer.message}`);
  return signer;
}

/** Of two that start at once, one makes the key and both read it: the name appears with all its bytes. */
function makeOnce(path: string, origin = `ashiato-log/${randomBytes(8).toString('hex')}`): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  writeFileSync(draft, `${formatSkey(origin, randomBytes(32))}\n`, { mode: 0o600, flush: true });
  try {
    linkSync(draft, path);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
  } finally {
    rmSync(draft);
  }
}
