// SPDX-License-Identifier: Apache-2.0
import type { Metrics } from '@ashiato/runtime';
import type { Counter, Gauge } from 'prom-client';

export interface NotaryMetrics {
  size: Gauge;
  published: Gauge;
  heldPartitions: Gauge;
  failures: Counter;
  refusals: Counter<'witness'>;
  lastStamp: Gauge;
  stampFailures: Counter;
}

export function createNotaryMetrics(metrics: Metrics): NotaryMetrics {
  return {
    size: metrics.gauge('notary_log_size', 'Entries of the committed head'),
    published: metrics.gauge('notary_published_size', 'Entries of the newest published checkpoint'),
    heldPartitions: metrics.gauge('notary_held_partitions', 'Partitions whose next segment cannot be logged'),
    failures: metrics.counter('notary_failures_total', 'Rounds that failed and were begun again'),
    refusals: metrics.counter('notary_witness_refusals_total', 'Checkpoints that a witness did not cosign', [
      'witness',
    ]),
    lastStamp: metrics.gauge(
      'notary_last_stamp_seconds',
      'When this process last kept a time stamp, by its clock',
    ),
    stampFailures: metrics.counter('notary_stamp_failures_total', 'Time stamps that could not be had'),
  };
}
