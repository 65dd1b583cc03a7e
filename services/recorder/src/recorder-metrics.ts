// SPDX-License-Identifier: Apache-2.0
// What the recorder counts. Labels are closed sets: never a source, a person or a message.
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

export type RecorderMetrics = ReturnType<typeof createRecorderMetrics>;

export function createRecorderMetrics(registry: Registry) {
  const registers = [registry];
  return {
    records: new Counter({
      name: 'ashiato_recorder_records_total',
      help: "Records committed, by how they stand among their source's deliveries and by verdict",
      labelNames: ['stream', 'delivery', 'outcome'] as const,
      registers,
    }),
    unreadable: new Counter({
      name: 'ashiato_recorder_unreadable_total',
      help: 'Messages that are no event, by reason',
      labelNames: ['stream', 'problem'] as const,
      registers,
    }),
    encryptedMembers: new Counter({
      name: 'ashiato_recorder_encrypted_members_total',
      help: 'Members that should not be there, kept encrypted',
      labelNames: ['stream'] as const,
      registers,
    }),
    committedSegments: new Counter({
      name: 'ashiato_recorder_committed_segments_total',
      help: 'Segments committed by this recorder',
      labelNames: ['stream'] as const,
      registers,
    }),
    lostRaces: new Counter({
      name: 'ashiato_recorder_lost_races_total',
      help: 'Segments that another recorder committed first',
      labelNames: ['stream'] as const,
      registers,
    }),
    commitSeconds: new Histogram({
      name: 'ashiato_recorder_commit_seconds',
      help: 'From the first message of a chunk read to the commit of its segment',
      labelNames: ['stream'] as const,
      buckets: [0.05, 0.1, 0.25, 0.5, 1, 1.5, 2.5, 5, 10, 30],
      registers,
    }),
    committedOffset: new Gauge({
      name: 'ashiato_recorder_committed_offset',
      help: 'Last committed offset',
      labelNames: ['stream', 'partition'] as const,
      registers,
    }),
    lagMessages: new Gauge({
      name: 'ashiato_recorder_lag_messages',
      help: 'Messages at the broker that are not committed yet, as of the last chunk',
      labelNames: ['stream', 'partition'] as const,
      registers,
    }),
  };
}
