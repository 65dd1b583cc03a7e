// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { createMetrics } from './index.ts';

test('metrics carry the prefix, the service and their labels', async () => {
  const metrics = createMetrics('recorder');
  metrics.counter('events_total', 'events judged', ['verdict']).inc({ verdict: 'violation' }, 2);
  metrics.gauge('lag_seconds', 'age of the oldest event').set(1.5);
  metrics.histogram('commit_seconds', 'time of a commit', [0.1, 1]).observe(0.5);
  const { contentType, body } = await metrics.expose();
  expect(contentType).toMatch(/^text\/plain/);
  expect(body).toContain('ashiato_events_total{verdict="violation",service="recorder"} 2');
  expect(body).toContain('ashiato_lag_seconds{service="recorder"} 1.5');
  expect(body).toMatch(/ashiato_commit_seconds_bucket\{le="1",service="recorder"\} 1/);
  expect(body).toContain('ashiato_process_cpu_user_seconds_total');
});

test('each process part has a registry of its own', async () => {
  const [one, two] = [createMetrics('one'), createMetrics('two')];
  one.counter('only_here_total', 'x').inc();
  two.counter('only_here_total', 'x');
  expect((await two.expose()).body).toContain('ashiato_only_here_total{service="two"} 0');
  expect((await two.expose()).body).not.toContain('service="one"');
});
