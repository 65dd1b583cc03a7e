// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { Partitioners } from 'kafkajs';
import { expect, it } from 'vitest';
import { KEY_PARTITIONS } from './contract/key-partitions.ts';
import { createPartitioner, partitionOf } from './partition-of.ts';

it('answers as Java does', () => {
  for (const [key, partition] of KEY_PARTITIONS) expect(partitionOf(key, 6)).toBe(partition);
});

it('answers as the client library does, for any key', () => {
  const theirs = Partitioners.DefaultPartitioner();
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.integer({ min: 1, max: 64 }),
      (key, partitions) => {
        const partitionMetadata = Array.from({ length: partitions }, (_, partitionId) => ({
          partitionId,
          leader: 1,
          partitionErrorCode: 0,
          replicas: [],
          isr: [],
        }));
        const message = { key, value: null };
        return partitionOf(key, partitions) === theirs({ topic: 't', partitionMetadata, message });
      },
    ),
  );
});

it('prefers the stated partition and gives null keys their turn', () => {
  const choose = createPartitioner();
  expect(choose({ key: 'a', partition: 5 }, 6)).toBe(5);
  expect([0, 1, 2, 3].map(() => choose({ key: null }, 3))).toEqual([0, 1, 2, 0]);
});
