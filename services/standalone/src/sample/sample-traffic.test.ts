// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compile } from '@ashiato/policy';
import { loadPolicies, shippedPolicy } from '@ashiato/policy/load';
import { type Message, openQueue } from '@ashiato/queue';
import { decode, type ParsedEvent, TOPICS } from '@ashiato/schema';
import { createTrail, type Trail } from '@ashiato/sdk';
import { expect, onTestFinished, test } from 'vitest';
import { createDraw, SAMPLE_SOURCES, type SampleSource } from './sample-template.ts';
import { createSampleTraffic, SAMPLE_TEMPLATES, seededRandom } from './sample-traffic.ts';

const NOW = Date.UTC(2026, 5, 2, 3, 0, 0);
const judge = compile(await loadPolicies(shippedPolicy()), { mode: 'strict' });

/** Real trails into a real queue, one folder each. */
async function scene() {
  const dir = await mkdtemp(join(tmpdir(), 'ashiato-sample-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  const queue = openQueue(`file:${join(dir, 'queue')}`);
  onTestFinished(() => queue.close());
  await queue.ensureTopics([{ topic: TOPICS.access, partitions: 1 }]);
  const trails = Object.fromEntries(
    SAMPLE_SOURCES.map(source => [
      source,
      createTrail({ source, spoolDir: join(dir, source.replaceAll('/', '_')), queue, now: () => NOW }),
    ]),
  ) as Record<SampleSource, Trail>;
  return { queue, trails };
}

/** Runs the traffic until it paused `pauses` times, and answers what arrived. */
async function arrivedFrom(seed: number, burst: number, pauses: number): Promise<ParsedEvent[]> {
  const { queue, trails } = await scene();
  const stopping = new AbortController();
  let paused = 0;
  const pause = async (ms: number) => {
    expect(ms).toBeGreaterThanOrEqual(500);
    expect(ms).toBeLessThanOrEqual(1000);
    if (++paused === pauses) stopping.abort();
  };
  const traffic = createSampleTraffic({ trails, random: seededRandom(seed), now: () => NOW, burst, pause });
  await traffic.run(stopping.signal);
  for (const trail of Object.values(trails)) expect(await trail.close()).toEqual({ spooled: 0 });
  const messages: Message[] = [];
  const done = new AbortController();
  const high = (await queue.offsets(TOPICS.access))[0]!.high;
  await queue.subscribe(
    {
      topics: [TOPICS.access],
      group: 'test',
      startAt: async () => 0,
      onChunk: async chunk => {
        messages.push(...chunk.messages);
        if (chunk.to + 1 === high) done.abort();
      },
      onRevoked: async () => undefined,
    },
    done.signal,
  );
  return messages.map(({ value }) => {
    const decoded = decode('access', value);
    if (decoded.kind !== 'event') throw new Error(decoded.problem);
    expect(decoded.problems).toEqual([]);
    return decoded.event;
  });
}

test('there are some thirty kinds, of every outcome, with names of their own', () => {
  expect(SAMPLE_TEMPLATES.length).toBeGreaterThanOrEqual(30);
  expect(new Set(SAMPLE_TEMPLATES.map(({ name }) => name)).size).toBe(SAMPLE_TEMPLATES.length);
  for (const source of SAMPLE_SOURCES) {
    const outcomes = new Set(
      SAMPLE_TEMPLATES.filter(t => t.source === source).map(({ expected }) => expected),
    );
    expect([...outcomes].sort()).toEqual(['conforming', 'undetermined', 'violation']);
  }
});

test.each(SAMPLE_TEMPLATES.map(template => [template.name, template] as const))(
  '%s: the policy says what the template says',
  (_name, template) => {
    const random = seededRandom(7);
    for (let i = 0; i < 40; i++) {
      for (const data of template.accesses(createDraw(random, new Date(NOW)))) {
        const verdict = judge.evaluate({ time: new Date(NOW).toISOString(), data });
        expect(verdict.outcome, JSON.stringify(verdict.findings)).toBe(template.expected);
      }
    }
  },
);

test('burst and trickle arrive through the sdk: numbered, in time, mostly conforming', async () => {
  const events = await arrivedFrom(1, 300, 60);
  expect(events.length).toBeGreaterThanOrEqual(360);
  expect(events.length).toBeLessThan(560);
  for (const source of SAMPLE_SOURCES) {
    const own = events.filter(event => event.source === source);
    expect(own.length).toBeGreaterThan(10);
    expect(own.map(({ sequence }) => Number(sequence))).toEqual(own.map((_, i) => i + 1));
    const times = own.map(({ time }) => Date.parse(time!));
    const burst = times.filter(time => time < NOW - 60_000);
    expect(burst).toEqual(burst.toSorted((a, b) => a - b));
    expect(Math.min(...times)).toBeGreaterThan(NOW - 6.1 * 3_600_000);
    expect(Math.max(...times)).toBeLessThanOrEqual(NOW);
  }
  const outcomes = Object.groupBy(events, event => judge.evaluate(event).outcome);
  const share = (outcome: 'conforming' | 'undetermined' | 'violation') =>
    (outcomes[outcome]?.length ?? 0) / events.length;
  expect(share('conforming')).toBeGreaterThan(0.85);
  expect(share('undetermined')).toBeGreaterThan(0.02);
  expect(share('violation')).toBeGreaterThan(0.005);
  expect(share('violation')).toBeLessThan(0.06);
});

test('the same seed is the same traffic, another seed is not', async () => {
  const told = async (seed: number) =>
    (await arrivedFrom(seed, 40, 1))
      .map(({ source, time, data }) => JSON.stringify({ source, time, data }))
      .sort();
  const first = await told(5);
  expect(await told(5)).toEqual(first);
  expect(await told(6)).not.toEqual(first);
});

test('without a burst nothing is in the past; an abort before the start records nothing', async () => {
  const events = await arrivedFrom(3, 0, 5);
  for (const { time } of events) expect(Date.parse(time!)).toBeGreaterThan(NOW - 60_000);
  const { trails } = await scene();
  await createSampleTraffic({ trails, random: seededRandom(1), now: () => NOW }).run(AbortSignal.abort());
  expect(Object.values(trails).map(trail => trail.status().epoch)).toEqual(
    SAMPLE_SOURCES.map(() => undefined),
  );
});

test('a record that is refused ends the traffic with the reason', async () => {
  const { trails } = await scene();
  for (const trail of Object.values(trails)) await trail.close();
  const traffic = createSampleTraffic({ trails, random: seededRandom(1), now: () => NOW });
  await expect(traffic.run(new AbortController().signal)).rejects.toMatchObject({ code: 'CLOSED' });
});
