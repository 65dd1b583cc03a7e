// SPDX-License-Identifier: Apache-2.0

import { rmSync } from 'node:fs';
import { createLedger, records } from '@ashiato/ledger';
import { type ObjectStore, ObjectsError } from '@ashiato/objects';
import type { EventLine, UnreadableLine } from '@ashiato/schema';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { accessEvent, openTestTrail, type TestTrail } from './recorder.testing.ts';

let trail: TestTrail;
beforeEach(async () => {
  trail = await openTestTrail();
});
afterEach(() => trail.close());

async function recorded(count: number): Promise<(EventLine & UnreadableLine)[]> {
  const recorder = trail.start();
  await trail.committed(count);
  await recorder.stop();
  return (await trail.chain()).flatMap(segment => [...records(segment)]) as (EventLine & UnreadableLine)[];
}

describe('what comes in is committed as evidence', () => {
  it('judged, with the clauses and the policy version', async () => {
    await trail.send([accessEvent('a'), accessEvent('b', { data: { purpose: 'selling_addresses' } })]);
    const [a, b] = await recorded(2);
    expect(a!.verdict).toMatchObject({
      outcome: 'conforming',
      policy: { id: 'astmax-energy', version: '2024-04-01' },
    });
    expect(a!.verdict!.findings.flatMap(f => f.clauses)).toContain('C2-P03');
    expect(b!.verdict).toMatchObject({ outcome: 'violation', literal: 'violation' });
    const [segment] = await trail.chain();
    expect(segment!.header.policies).toHaveLength(1);
    expect(segment!.header.policies[0]!.sha256).toBe(a!.verdict!.policy!.sha256);
  });

  it('unreadable bytes and empty messages at their positions', async () => {
    await trail.send(['{"no":', null, Buffer.from([0xff, 0xfe]), accessEvent('a')]);
    const lines = await recorded(4);
    expect(lines.map(line => line.unreadable?.problem)).toEqual([
      'invalid_json',
      'empty',
      'invalid_utf8',
      undefined,
    ]);
    expect(lines[0]!.encrypted).not.toBeNull();
  });

  it('members that should not be there: encrypted, named in a finding, the rest judged as usual', async () => {
    await trail.send([
      accessEvent('a', { data: { note: '山田太郎' } }),
      accessEvent('b', { data: { subject: { ref: '山田太郎' } } }),
      accessEvent('c', { data: { refs: { contract: '090-1234-5678' } } }),
    ]);
    const [a, b, c] = await recorded(3);
    expect(a!.verdict!.outcome).toBe('conforming');
    expect(a!.verdict!.findings).toContainEqual(
      expect.objectContaining({ code: 'member_outside_schema', about: 'data.note' }),
    );
    expect(b!.verdict!.outcome).toBe('undetermined');
    expect(c!.verdict!.findings).toContainEqual(
      expect.objectContaining({ code: 'member_malformed', about: 'data.refs.contract' }),
    );
    const [segment] = await trail.chain();
    expect(segment!.raw.includes(Buffer.from('山田'))).toBe(false);
    expect(segment!.header.keys).toMatch(/^keys\/access\/00000\//);
  });

  it('times far from the broker clock are marked, and judged as any other', async () => {
    await trail.send([
      accessEvent('a', { time: '2099-01-01T00:00:00Z' }),
      accessEvent('b', { time: '2024-05-01T00:00:00Z' }),
    ]);
    const [a, b] = await recorded(2);
    expect(a!.marks).toEqual(['future_time']);
    expect(b!.marks).toEqual(['past_time']);
    expect(b!.verdict!.outcome).toBe('conforming');
  });
});

describe('re-delivery', () => {
  it('the same batch twice: both positions recorded, the second told as such, other bytes as a conflict', async () => {
    const batch = ['1', '2', '3'].map(id => accessEvent(id));
    await trail.send([...batch, ...batch, accessEvent('2', { data: { fields: ['basic.email'] } })]);
    const kinds = (await recorded(7)).map(line => line.delivery?.kind ?? 'new');
    expect(kinds).toEqual(['new', 'new', 'new', 'redelivery', 'redelivery', 'redelivery', 'conflict']);
  });

  it('numbers that are missing are stated, across a restart too', async () => {
    await trail.send([accessEvent('a', { sequence: 1 }), accessEvent('b', { sequence: 2 })]);
    await recorded(2);
    await trail.send([
      accessEvent('e', { sequence: 5 }),
      accessEvent('d', { sequence: 4 }),
      accessEvent('b', { sequence: 2 }),
    ]);
    const lines = await recorded(5);
    expect(lines.slice(2).map(line => line.delivery)).toEqual([
      { kind: 'new', missing: { from: 3, to: 4 } },
      { kind: 'late' },
      { kind: 'redelivery', first: 1 },
    ]);
    expect((await trail.chain()).at(-1)!.header.sources).toEqual([
      { source: '/services/billing/1', epoch: '1', highest: 5 },
    ]);
  });
});

describe('two recorders on one partition', () => {
  it('make one chain with every offset once', async () => {
    const [one, two] = [trail.start({ group: 'one' }), trail.start({ group: 'two' })];
    for (let i = 0; i < 30; i++)
      await trail.send(Array.from({ length: 40 }, (_, n) => accessEvent(`${i}-${n}`)));
    await trail.committed(1200);
    await Promise.all([one.stop(), two.stop()]);
    const lines = (await trail.chain()).flatMap(segment => [...records(segment)]);
    expect(lines.map(line => line.offset)).toEqual(Array.from({ length: 1200 }, (_, i) => i));
    expect(lines.filter(line => 'delivery' in line)).toEqual([]);
  });
});

describe('beacons', () => {
  it('give silence an offset in every partition', async () => {
    const recorder = trail.start({ beaconIntervalMs: 50 });
    await trail.committed(2);
    await recorder.stop();
    const lines = (await trail.chain()).flatMap(segment => [...records(segment)]) as EventLine[];
    expect(lines[0]!.event).toMatchObject({
      type: 'io.ashiato.beacon.v1',
      source: '/ashiato/recorder/test-recorder',
    });
    expect(lines[0]!.verdict).toBeNull();
  });
});

describe('a broker that tells another story', () => {
  async function refusal(prepare: () => Promise<void>): Promise<unknown> {
    await trail.send([accessEvent('a'), accessEvent('b'), accessEvent('c')]);
    await recorded(3);
    await prepare();
    return trail.start().ended.then(
      () => 'ended without a refusal',
      error => error,
    );
  }

  async function makeTopicAnew(messages: string[]): Promise<void> {
    const dir = trail.dir;
    await trail.queue.close();
    rmSync(`${dir}/queue`, { recursive: true });
    trail = await openTestTrail({ dir });
    await trail.send(messages);
  }

  it('refuses a topic made anew that is shorter, and names the remedy', async () => {
    const error = await refusal(() => makeTopicAnew([accessEvent('x')]));
    expect(error).toMatchObject({ code: 'BROKER_DISAGREES' });
    expect(String(error)).toContain('ASHIATO_RECORDER_ACCESS_STREAM');
  });

  it('refuses a topic made anew that is as long', async () => {
    const error = await refusal(() => makeTopicAnew(['x', 'y', 'z', 'zz'].map(id => accessEvent(id))));
    expect(error).toMatchObject({ code: 'BROKER_DISAGREES' });
  });

  it('goes on when the topic is the same one', async () => {
    const dir = trail.dir;
    await trail.send([accessEvent('a')]);
    await recorded(1);
    await trail.queue.close();
    trail = await openTestTrail({ dir });
    await trail.send([accessEvent('b')]);
    expect(await recorded(2)).toHaveLength(2);
    rmSync(dir, { recursive: true, force: true });
  });
});

/** Every write of a commit × {not persisted, persisted but reported as failed}. */
describe('a write that fails', () => {
  const writes = [
    ['segments/', 'before'],
    ['segments/', 'after'],
    ['keys/', 'before'],
    ['keys/', 'after'],
  ] as const;

  it.each(writes)(
    'put under %s failing %s it was stored: nothing lost, nothing twice',
    async (prefix, when) => {
      let failures = 0;
      const failing: ObjectStore = {
        ...trail.objects,
        async create(key, bytes, options) {
          const fails = key.startsWith(prefix) && failures < 3 && ++failures % 2 === 1;
          if (fails && when === 'before') throw new ObjectsError('UNREACHABLE', 'made to fail by the test');
          const created = await trail.objects.create(key, bytes, options);
          if (fails) throw new ObjectsError('UNSURE', 'made to fail by the test');
          return created;
        },
      };
      const recorder = trail.start({ ledger: createLedger({ objects: failing }) });
      for (let i = 0; i < 5; i++)
        await trail.send([accessEvent(`${i}`), accessEvent(`s${i}`, { data: { note: i } })]);
      await trail.committed(10);
      await recorder.stop();
      expect(failures).toBeGreaterThan(0);
      const lines = (await trail.chain()).flatMap(segment => [...records(segment)]) as EventLine[];
      expect(lines.map(line => line.offset)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
      expect(lines.every(line => line.delivery === undefined)).toBe(true);
    },
  );
});

describe('an event before the first policy version', () => {
  it('is recorded, undetermined under no version', async () => {
    await trail.send([accessEvent('a', { time: '2020-01-01T00:00:00Z' })]);
    const [line] = await recorded(1);
    expect(line!.verdict).toMatchObject({ outcome: 'undetermined' });
    expect(line!.verdict!.findings[0]!.code).toBe('no_policy_in_force');
  });
});
