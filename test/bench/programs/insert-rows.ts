// SPDX-License-Identifier: Apache-2.0
// Arm C: kafkajs, JSON.parse, rows as objects, JSONEachRow inserts of 20,000 to 30,000 rows. One insert is under
// way while the next rows are gathered; reading stops when a second one is due.
import { createClient } from '@clickhouse/client';
import { openConsumer } from './kafkajs-consumer.ts';
import { rowOf } from './row-of.ts';
import { say } from './say.ts';

const INSERT_ROWS = 20_000;
const [bootstrap, topic, events, url, password] = process.argv.slice(2) as [
  string,
  string,
  string,
  string,
  string,
];
const client = createClient({
  url,
  username: 'default',
  password,
  database: 'ashiato',
  clickhouse_settings: { date_time_input_format: 'best_effort' },
});
const consumer = await openConsumer(bootstrap, topic);
consumer.on('consumer.group_join', () => say('begun'));

let rows: ReturnType<typeof rowOf>[] = [];
let underWay: Promise<unknown> = Promise.resolve();
let count = 0;

async function insert(): Promise<void> {
  const values = rows;
  rows = [];
  await underWay;
  underWay = client.insert({ table: 'records', values, format: 'JSONEachRow' });
  // kafkajs would hand the batch over again and again; a benchmark that fails says so at once.
  underWay.catch(error => {
    process.stderr.write(`${String(error)}\n`);
    process.exit(1);
  });
}

await consumer.run({
  autoCommit: false,
  async eachBatch({ batch }) {
    for (const message of batch.messages) rows.push(rowOf(batch.partition, message));
    count += batch.messages.length;
    const all = count === Number(events);
    if (rows.length >= INSERT_ROWS || all) await insert();
    if (!all) return;
    await underWay;
    say('done');
  },
});
