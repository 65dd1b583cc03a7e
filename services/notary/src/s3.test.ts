// SPDX-License-Identifier: Apache-2.0
// Two notaries at once on S3 with Object Lock, while segments are committed.
import { s3ForTests } from '@ashiato/infra-local';
import { createLog } from '@ashiato/ledger/log';
import { ensureBucket, openObjectStore } from '@ashiato/objects';
import { fromHex } from '@ashiato/tlog';
import { openCheckpoint } from '@ashiato/tlog/note';
import { createTileReader } from '@ashiato/tlog/tiles';
import { expect, test } from 'vitest';
import { commitSegments, notaryOn, testSigner } from './notary.testing.ts';

test('two notaries on one bucket write one log', async () => {
  const s3 = await s3ForTests();
  const credentials = { accessKeyId: s3.accessKeyId, secretAccessKey: s3.secretAccessKey };
  const url = `s3://notary-${process.pid}-${Date.now()}?endpoint=${encodeURIComponent(s3.endpoint)}&region=${s3.region}`;
  await ensureBucket(url, { credentials });
  const [mine, first, second] = [0, 1, 2].map(() => openObjectStore(url, { credentials }));
  const notaries = [first!, second!].map(objects => notaryOn(objects));
  for (const partition of [0, 1, 0]) {
    await Promise.all([commitSegments(mine!, partition, 2), ...notaries.map(notary => notary.round())]);
  }
  const [head, other] = [await notaries[0]!.round(), await notaries[1]!.round()];
  expect(other).toEqual(head);
  expect(head).toMatchObject({ size: 7, places: { 'access.0': { next: 4 }, 'access.1': { next: 2 } } });
  const log = createLog({ objects: mine! });
  const newest = (await log.newestCheckpoint())!;
  const opened = openCheckpoint(newest.note, { origin: testSigner.key.name, logs: [testSigner.key] });
  expect(opened).toMatchObject({ outcome: 'verified', checkpoint: { size: 7, root: fromHex(head.root) } });
  let entries = 0;
  for await (const _ of createTileReader(log.tiles, { size: 7, root: fromHex(head.root)! }).entries(0, 7))
    entries++;
  expect(entries).toBe(7);
  for (const key of [
    'log/heads/0000000000000/007.json',
    'tile/0/000.p/7',
    'log/checkpoints/0000000000000/007',
  ])
    expect((await mine!.remove(key)).outcome, key).toBe('refused');
  for (const objects of [mine!, first!, second!]) await objects.close();
  await s3.stop();
});
