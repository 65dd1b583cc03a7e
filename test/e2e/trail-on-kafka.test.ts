// SPDX-License-Identifier: Apache-2.0
// The whole walk on real engines: kcat → Kafka → recorder processes → S3 → ClickHouse → the command.
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { records } from '@ashiato/ledger';
import { TOPICS } from '@ashiato/schema';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { producedEvents } from './produced-events.ts';
import { deleteTopic, logOf, openRealTrail, type RealTrail } from './real-trail.ts';

let trail: RealTrail;
beforeAll(async () => {
  trail = await openRealTrail();
});
afterAll(() => trail.close());

const MINUTES = 60_000;

async function verified(): Promise<{
  partitions: { stream: string; partition: number; records: number; to: number }[];
}> {
  const { code, stdout, stderr } = await trail.ashiato('verify', '--json');
  expect(stderr).toBe('');
  expect(code, stdout).toBe(0);
  return JSON.parse(stdout);
}

async function highs(): Promise<number[]> {
  return (await trail.queue.offsets(TOPICS.access)).map(({ high }) => high);
}

async function recordsAreOffsets(): Promise<void> {
  const { partitions } = await verified();
  const access = partitions.filter(({ stream }) => stream === 'access');
  expect(access.map(({ to }) => to + 1)).toEqual(await highs());
  for (const partition of access) expect(partition.records).toBe(partition.to + 1);
}

/** Accesses counted by the report, all verdicts. */
async function counted(source: string): Promise<number> {
  const rows = await trail.reports.usage({
    by: ['purpose', 'field'],
    source: [source],
    mode: 'strict',
    tz: 'Asia/Tokyo',
  });
  return rows.find(row => row.field === 'basic.name')?.count ?? 0;
}

describe('a foreign producer', () => {
  it(
    '100,000 events through kcat, the recorder killed in the middle: every offset is a record, once',
    async () => {
      let recorder = trail.recorder('one', { ASHIATO_RECORDER_FLUSH_RECORDS: '5000' });
      const produced = trail.kcat(producedEvents(100_000), [
        '-z',
        'lz4',
        '-X',
        'topic.partitioner=murmur2_random',
      ]);
      for (let kills = 0; kills < 3; kills++) {
        await pause(2500 + Math.random() * 1000);
        recorder.kill('SIGKILL');
        await once(recorder, 'exit');
        recorder = trail.recorder('one', { ASHIATO_RECORDER_FLUSH_RECORDS: '5000' });
      }
      await produced;
      await trail.settled('projected');
      await recordsAreOffsets();
      expect(await counted('/foreign/crm')).toBe(100_000);
      recorder.kill('SIGTERM');
      expect(await once(recorder, 'exit')).toEqual([0, null]);
    },
    5 * MINUTES,
  );

  it('segments in the store refuse deletion', async () => {
    let asked = 0;
    for await (const { key } of trail.objects.list('segments/')) {
      expect(await trail.objects.remove(key)).toMatchObject({ outcome: 'refused' });
      if (++asked === 5) break;
    }
    expect(asked).toBe(5);
  });

  it(
    'the same batch delivered twice: both positions recorded, counted once',
    async () => {
      const recorder = trail.recorder('two');
      const batch = producedEvents(1000, 0, '/foreign/batch');
      const before = (await highs()).reduce((a, b) => a + b, 0);
      await trail.kcat(batch); // no key: the two deliveries of an event may land in different partitions
      await trail.kcat(batch);
      await trail.settled('projected');
      expect((await highs()).reduce((a, b) => a + b, 0) - before).toBeGreaterThanOrEqual(2000);
      await recordsAreOffsets();
      expect(await counted('/foreign/batch')).toBe(1000);
      recorder.kill('SIGTERM');
      await once(recorder, 'exit');
    },
    2 * MINUTES,
  );
});

describe('ClickHouse away', () => {
  it(
    'everything is committed meanwhile, and projected after',
    async () => {
      await trail.stopClickHouse();
      const recorder = trail.recorder('three');
      await trail.kcat(producedEvents(100_000, 0, '/foreign/later'), ['-z', 'zstd']);
      await trail.settled('committed');
      await trail.startClickHouse();
      await trail.settled('projected');
      await recordsAreOffsets();
      expect(await counted('/foreign/later')).toBe(100_000);
      recorder.kill('SIGTERM');
      await once(recorder, 'exit');
    },
    5 * MINUTES,
  );
});

describe('rebuild', () => {
  it(
    'after dropping all tables ClickHouse holds the same',
    async () => {
      const content = async () => {
        const query = 'SELECT count(), sum(cityHash64(*)) FROM records';
        const result = await trail.warehouse.client.query({ query, format: 'JSONCompactEachRow' });
        return JSON.stringify(await result.json());
      };
      const before = await content();
      for (const table of ['records', 'segments'])
        await trail.warehouse.client.command({ query: `DROP TABLE ${table} SYNC` });
      expect(await trail.ashiato('rebuild', '--json')).toMatchObject({ code: 0 });
      expect(await content()).toBe(before);
      await recordsAreOffsets();
    },
    3 * MINUTES,
  );
});

describe('two recorders on one partition by force', () => {
  it(
    'one paused past its session, then continued: one chain, every offset once',
    async () => {
      const first = trail.recorder('zombie', { ASHIATO_RECORDER_LINGER_MS: '300' });
      await trail.kcat(producedEvents(3000, 0, '/foreign/zombie'));
      await trail.settled('committed');
      first.kill('SIGSTOP');
      await trail.kcat(producedEvents(3000, 3000, '/foreign/zombie'));
      const second = trail.recorder('second', { ASHIATO_RECORDER_LINGER_MS: '300' });
      await trail.settled('committed');
      first.kill('SIGCONT');
      for (let i = 2; i < 8; i++) {
        await trail.kcat(producedEvents(500, i * 3000, '/foreign/zombie'));
        await pause(500);
      }
      await trail.settled('projected');
      await recordsAreOffsets();
      expect(await counted('/foreign/zombie')).toBe(9000);
      for (const recorder of [first, second]) {
        recorder.kill('SIGTERM');
        await once(recorder, 'exit');
      }
    },
    4 * MINUTES,
  );
});

describe('a topic deleted and made anew', () => {
  it(
    'is refused, with the remedy',
    async () => {
      await deleteTopic(trail, TOPICS.access);
      await trail.queue.ensureTopics([{ topic: TOPICS.access, partitions: 3 }]);
      const recorder = trail.recorder('anew');
      expect(await once(recorder, 'exit')).toEqual([1, null]);
      const said = logOf(trail, 'anew');
      expect(said).toContain('BROKER_DISAGREES');
      expect(said).toContain('ASHIATO_RECORDER_ACCESS_STREAM');
      const renamed = trail.recorder('renamed', { ASHIATO_RECORDER_ACCESS_STREAM: 'access-2' });
      await trail.kcat(producedEvents(10, 0, '/foreign/renamed'));
      while ((await trail.ledger.partitions('access-2')).length === 0) await pause(200);
      const segments = [];
      for (const partition of await trail.ledger.partitions('access-2')) {
        for await (const segment of trail.ledger.walk('access-2', partition))
          segments.push(...records(segment));
      }
      expect(segments.length).toBeGreaterThan(0);
      renamed.kill('SIGTERM');
      await once(renamed, 'exit');
    },
    3 * MINUTES,
  );
});
