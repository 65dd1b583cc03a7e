// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { queueContract } from '../queue.contract.ts';
import type { FileQueue } from './file-queue.ts';

const dir = mkdtempSync(join(tmpdir(), 'ashiato-queue-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

queueContract('a file queue', {
  url: () => `file:${dir}/queue`,
  options: { segmentBytes: 400 },
  forget: async (queue, topic, partition, before) => {
    await (queue as FileQueue).trim(topic, partition, before);
  },
  deleteTopic: async topic => rmSync(join(dir, 'queue', 'topics', topic), { recursive: true }),
});
