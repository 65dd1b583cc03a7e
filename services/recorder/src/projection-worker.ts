// SPDX-License-Identifier: Apache-2.0
// The thread that projects (`projection-thread.ts` starts it): drivers of its own, the warehouse's projection, and
// two messages back: how far each partition is, and what keeps it.
import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { createLedger } from '@ashiato/ledger';
import { openObjectStore } from '@ashiato/objects';
import { createProjection, openWarehouse } from '@ashiato/warehouse';
import type { FromThread, ProjectionStart, ToThread } from './projection-thread.ts';

const REPORT_MS = 100;

if (isMainThread || !parentPort)
  throw new Error('projection-worker.ts runs as a thread of the recorder only');
const port = parentPort;
const tell = (message: FromThread) => port.postMessage(message);
const { places, streams, handedOverBytes } = workerData as ProjectionStart;
const objects = openObjectStore(places.objects.url, places.objects.options);
const warehouse = openWarehouse(places.clickhouse);
const projection = createProjection({
  warehouse,
  ledger: createLedger({ objects }),
  streams,
  // The recorder keeps the bound: what it handed over is never read back.
  pendingBytes: handedOverBytes * 2,
  onChange: change => tell({ kind: 'change', ...change, error: plain(change.error) }),
});
const stopping = new AbortController();

port.on('message', (message: ToThread) => {
  if (message.kind === 'stop') return stopping.abort();
  if (message.kind === 'hint') return projection.nudge(message.stream, message.partition);
  const { segment } = message;
  const { stream, partition } = segment.header;
  // A Buffer comes over as a plain Uint8Array.
  const { block, tally } = segment.rows;
  const rows = { tally, block: Buffer.from(block.buffer, block.byteOffset, block.length) };
  projection.nudge(stream, partition, { ...segment, rows });
});

const told = new Map<string, number>();
const reports = setInterval(() => {
  for (const { stream, partition, projected_to: to } of projection.status()) {
    const place = `${stream}.${partition}`;
    if (to === null || told.get(place) === to) continue;
    told.set(place, to);
    tell({ kind: 'projected', stream, partition, to });
  }
}, REPORT_MS);

try {
  await projection.run(stopping.signal);
} finally {
  clearInterval(reports);
  await warehouse.close();
  await objects.close();
  port.close(); // nothing is left that keeps the thread alive
}

/** Not every error can be cloned (a cause may hold a socket): what the log needs of it. */
function plain(error: unknown): unknown {
  return error instanceof Error ? { name: error.name, message: error.message, stack: error.stack } : error;
}
