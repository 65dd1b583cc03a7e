// SPDX-License-Identifier: Apache-2.0
// The recorder's parts in a process: recording, projecting what was recorded, and following the policy. The first two
// share nothing but a hint, so commits go on while ClickHouse is down.
import { hostname } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import type { Ledger } from '@ashiato/ledger';
import type { ObjectStore } from '@ashiato/objects';
import type { LivePolicy } from '@ashiato/policy/load';
import type { Queue } from '@ashiato/queue';
import { createPolicyGauges, type Engines, type Logger, type Metrics, type Part } from '@ashiato/runtime';
import { TOPICS } from '@ashiato/schema';
import { createSegmentRows, type Warehouse, WarehouseError } from '@ashiato/warehouse';
import { activatePolicies } from './activate-policy.ts';
import type { RecorderSettings } from './config.ts';
import { createProjectionThread } from './projection-thread.ts';
import { createRecorder, type RecordedStream, type Recorder } from './recorder.ts';
import { createRecorderMetrics } from './recorder-metrics.ts';

export interface RecorderPartsDeps {
  queue: Queue;
  objects: ObjectStore;
  ledger: Ledger;
  /** Followed here: a changed bundle is evidence before it judges. */
  policy: LivePolicy;
  warehouse: Warehouse;
  /** The same engines by address, for the thread that projects: a driver cannot cross to it. */
  places: Pick<Engines, 'objects' | 'clickhouse'>;
  settings: RecorderSettings;
  metrics: Metrics;
  logger: Logger;
}

/** Wires a recorder and its projection; nothing runs yet. */
export function recorderParts(deps: RecorderPartsDeps): {
  parts: Part[];
  recorder: Recorder;
  /** Topics and policy bundles; the recorder does it at each start, whoever takes events in before it may ask for it. */
  prepare(): Promise<void>;
} {
  const { queue, settings, logger } = deps;
  const streams = streamsOf(settings);
  const projection = createProjectionThread({
    places: deps.places,
    streams: streams.map(({ stream }) => stream),
    onChange: change => logger.warn(change, 'projection: evidence is safe, reports may lag'),
  });
  const beginRows = createSegmentRows();
  const recorder = createRecorder({
    queue,
    ledger: deps.ledger,
    judge: deps.policy.judge,
    metrics: createRecorderMetrics(deps.metrics.registry),
    now: () => new Date(),
    identity: {
      recorder:
        settings.ASHIATO_RECORDER_ID ?? `${hostname().replaceAll(/[^A-Za-z0-9._-]/g, '-')}-${process.pid}`,
      evaluator: 'ashiato-policy/1',
      clusterId: null,
    },
    timeLimits: { ahead: settings.ASHIATO_RECORDER_FUTURE_MS, behind: settings.ASHIATO_RECORDER_PAST_MS },
    streams,
    group: settings.ASHIATO_RECORDER_GROUP,
    limits: {
      bytes: settings.ASHIATO_RECORDER_FLUSH_BYTES,
      records: settings.ASHIATO_RECORDER_FLUSH_RECORDS,
      lingerMs: settings.ASHIATO_RECORDER_LINGER_MS,
      idleLingerMs: settings.ASHIATO_RECORDER_IDLE_LINGER_MS,
    },
    beaconIntervalMs: settings.ASHIATO_RECORDER_BEACON_MS,
    prepare: () => prepare(deps, streams),
    rowsOf: place => (projection.wantsRows(place) ? beginRows(place) : undefined),
    roomForRows: projection.roomForRows,
    onCommitted: ({ segment, rows }) => projection.nudge(segment, rows),
    log: logger,
  });
  const record: Part = { name: 'recorder', run: signal => recorder.run(signal) };
  const project: Part = {
    name: 'projection',
    async run(signal) {
      await migrateWhenThere(deps, signal);
      await projection.run(signal);
    },
  };
  createPolicyGauges(deps.metrics, deps.policy);
  const follow: Part = {
    name: 'policy',
    run: signal =>
      deps.policy.follow(signal, {
        everyMs: settings.ASHIATO_POLICY_POLL_MS,
        activate: bundles => activatePolicies(bundles, deps),
      }),
  };
  return {
    parts: [record, project, follow],
    recorder,
    prepare: () => prepare(deps, streams),
  };
}

const streamsOf = (settings: RecorderSettings): RecordedStream[] => [
  { kind: 'access', stream: settings.ASHIATO_RECORDER_ACCESS_STREAM, topic: TOPICS.access },
  { kind: 'context', stream: settings.ASHIATO_RECORDER_CONTEXT_STREAM, topic: TOPICS.context },
  { kind: 'control', stream: settings.ASHIATO_RECORDER_CONTROL_STREAM, topic: TOPICS.control },
];

/** Makes the tables as soon as ClickHouse answers; commits do not wait for it. */
async function migrateWhenThere(
  { warehouse, logger }: RecorderPartsDeps,
  signal: AbortSignal,
): Promise<void> {
  for (let told = false; !signal.aborted; ) {
    try {
      return await warehouse.migrate();
    } catch (error) {
      if (!(error instanceof WarehouseError) || error.code === 'MIGRATION_CHANGED') throw error;
      if (!told) logger.warn({ err: error }, 'clickhouse is not ready; evidence is committed without it');
      told = true;
      await setTimeout(1000, undefined, { signal }).catch(() => {}); // aborted: the loop ends
    }
  }
}

/** Topics and policy bundles are there before the first event is judged. Safe at every start. */
async function prepare(deps: RecorderPartsDeps, streams: readonly RecordedStream[]): Promise<void> {
  const partitions = deps.settings.ASHIATO_RECORDER_PARTITIONS;
  await deps.queue.ensureTopics(
    streams.map(({ topic, kind }) => ({ topic, partitions: kind === 'access' ? partitions : 1 })),
  );
  await activatePolicies(deps.policy.judge.bundles, deps);
}
