// SPDX-License-Identifier: Apache-2.0
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

export interface Metrics {
  /** For adding metrics of one's own: `new Histogram({ …, registers: [metrics.registry] })`. */
  registry: Registry;
  /** Metric names get the prefix `ashiato_`. Labels must have few values, and none about a person. */
  counter<L extends string>(name: string, help: string, labels?: readonly L[]): Counter<L>;
  gauge<L extends string>(name: string, help: string, labels?: readonly L[]): Gauge<L>;
  /** @param buckets upper bounds, ascending; for durations in seconds */
  histogram<L extends string>(
    name: string,
    help: string,
    buckets: number[],
    labels?: readonly L[],
  ): Histogram<L>;
  /** What `/metrics` answers. */
  expose(): Promise<{ contentType: string; body: string }>;
}

/** A registry of its own with the process's default metrics; each carries the label `service`. */
export function createMetrics(service: string): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry, prefix: 'ashiato_' });
  const common = <L extends string>(name: string, help: string, labelNames: readonly L[] = []) => ({
    name: `ashiato_${name}`,
    help,
    labelNames,
    registers: [registry],
  });
  return {
    registry,
    counter: (name, help, labels) => new Counter(common(name, help, labels)),
    gauge: (name, help, labels) => new Gauge(common(name, help, labels)),
    histogram: (name, help, buckets, labels) => new Histogram({ ...common(name, help, labels), buckets }),
    expose: async () => ({ contentType: registry.contentType, body: await registry.metrics() }),
  };
}
