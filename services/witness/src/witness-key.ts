// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RuntimeError } from '@ashiato/runtime';
import { Malformed } from '@ashiato/tlog';
import { formatSkey, formatVkey, parseSkey, type Signer } from '@ashiato/tlog/note';

/** The cosignature key in `dir`, made at the first start, mode 0600; its public part lies beside it. */
export function openWitnessKey(
  dir: string,
  name = `ashiato-witness/${randomBytes(8).toString('hex')}`,
): Signer {
  const path = join(dir, 'witness.skey');
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  try {
    writeFileSync(path, `${formatSkey(name, randomBytes(32))}\n`, { mode: 0o600, flag: 'wx', flush: true });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
  }
  const signer = parseSkey(readFileSync(path, 'utf8').trim(), 'cosignature');
  if (signer instanceof Malformed) throw new RuntimeError('CONFIG', `${path}: ${signer.message}`);
  writeFileSync(join(dir, 'witness.vkey'), `${formatVkey(signer.key)}\n`);
  return signer;
}
