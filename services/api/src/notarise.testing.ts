// SPDX-License-Identifier: Apache-2.0
// For tests: what a notary does, without a notary.
import { createLedger } from '@ashiato/ledger';
import { createLog, gatherEntries } from '@ashiato/ledger/log';
import type { ObjectStore } from '@ashiato/objects';
import { fromHex } from '@ashiato/tlog';
import { createSigner, formatCheckpoint, formatNote, formatVkey, signText } from '@ashiato/tlog/note';

export const signer = createSigner('log.example/api', new Uint8Array(32).fill(5));

export async function notarise(objects: ObjectStore): Promise<void> {
  const log = createLog({ objects });
  await log.claim(formatVkey(signer.key));
  const before = await log.head();
  const head = await log.advance(before, async () => {
    return (await gatherEntries({ objects, ledger: createLedger({ objects }) }, before)).entries;
  });
  const text = formatCheckpoint({ origin: signer.key.name, size: head.size, root: fromHex(head.root)! });
  await log.publish(head.size, formatNote({ text, signatures: [signText(text, signer)] }));
}
