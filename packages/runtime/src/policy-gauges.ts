// SPDX-License-Identifier: Apache-2.0
import { Gauge } from 'prom-client';
import type { Metrics } from './metrics.ts';

/** What a process judges by. `refused`: why what lies in its policy folder does not run. */
interface RunningPolicy {
  judge: { bundles: readonly { id: string; version: string; sha256: string }[] };
  refused: object | null;
}

/** Gauges of the policy that runs, asked at each scrape; versions that no longer run are not told. */
export function createPolicyGauges({ registry }: Metrics, policy: RunningPolicy): void {
  const registers = [registry];
  new Gauge({
    name: 'ashiato_policy_running',
    help: '1 for each policy version that judges',
    labelNames: ['policy', 'version', 'sha256'] as const,
    registers,
    collect() {
      this.reset();
      for (const { id, version, sha256 } of policy.judge.bundles)
        this.set({ policy: id, version, sha256 }, 1);
    },
  });
  new Gauge({
    name: 'ashiato_policy_reload_failed',
    help: '1 while the policy folder holds what cannot be taken, and what ran before goes on judging',
    registers,
    collect() {
      this.set(policy.refused ? 1 : 0);
    },
  });
}
