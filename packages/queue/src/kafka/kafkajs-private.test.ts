// SPDX-License-Identifier: Apache-2.0
// Fails when the client library is no longer the one whose inside we use.
import { createRequire } from 'node:module';
import { expect, it } from 'vitest';
import { fetchRequest } from './kafkajs-private.ts';

const load = createRequire(import.meta.url);

it('is kafkajs 2.2.4, with the parts we reach for', () => {
  expect(load('kafkajs/package.json').version).toBe('2.2.4');
  const Cluster = load('kafkajs/src/cluster');
  for (const method of [
    'findBroker',
    'findGroupCoordinator',
    'findTopicPartitionMetadata',
    'refreshMetadata',
  ]) {
    expect(Cluster.prototype[method]).toBeTypeOf('function');
  }
  const Broker = load('kafkajs/src/broker');
  for (const method of ['joinGroup', 'syncGroup', 'heartbeat', 'leaveGroup', 'listOffsets', 'offsetCommit']) {
    expect(Broker.prototype[method]).toBeTypeOf('function');
  }
  const request = fetchRequest(
    [{ topic: 't', partitions: [{ partition: 0, fetchOffset: '0', maxBytes: 1 }] }],
    1,
    1,
  );
  expect(request).toMatchObject({ apiName: 'Fetch', apiVersion: 11 });
});
