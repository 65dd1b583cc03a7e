// SPDX-License-Identifier: Apache-2.0
// A ClickHouse engine for arms B alone: chDB unconfined, since our own engine is not granted the Kafka table
// engine. Takes statements from its parent, one at a time.
import { Session } from 'chdb';

const session = new Session(process.argv[2]!);
let last: Promise<unknown> = Promise.resolve();

process.on('message', (asked: { id: number; sql: string }) => {
  last = last.then(() => answer(asked));
});

// Without the parent nobody would end this process; nothing of it is kept.
process.once('disconnect', () => process.kill(process.pid, 'SIGKILL'));

async function answer({ id, sql }: { id: number; sql: string }): Promise<void> {
  try {
    const result = await session.queryAsync(sql, { format: 'TabSeparatedRaw' });
    process.send!({ id, text: result.text().trimEnd() });
  } catch (error) {
    process.send!({ id, failure: error instanceof Error ? error.message : String(error) });
  }
}
