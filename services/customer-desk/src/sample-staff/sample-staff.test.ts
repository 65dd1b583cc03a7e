// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { judge, PASSWORD, startDesk } from '../desk.testing.ts';
import { ERRANDS } from './errands.ts';
import { createSampleStaff } from './sample-staff.ts';

/** Numbers from 0 up to 1 that are the same for the same seed (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const fail = (error: Error) => {
  throw error;
};
const RANK = { conforming: 0, undetermined: 1, violation: 2 };
const time = new Date().toISOString();

test('each errand goes through the pages, and the policy says of it what it says itself', async () => {
  const scene = await startDesk();
  const staff = createSampleStaff({
    address: scene.address,
    password: PASSWORD,
    random: seeded(7),
    burst: 0,
    onFailure: fail,
  });
  for (const errand of ERRANDS) {
    for (let i = 0; i < 3; i++) await staff.do(errand);
    const outcomes = (await scene.recorded()).map(data => judge.evaluate({ time, data }).outcome);
    expect(outcomes.length, errand.name).toBeGreaterThan(0);
    const worst = outcomes.reduce((a, b) => (RANK[a] >= RANK[b] ? a : b));
    expect(worst, errand.name).toBe(errand.expected);
  }
});

test('a day: mostly conforming, some of it not; it ends when it is asked to', async () => {
  const scene = await startDesk({ durability: 'disk' });
  const ending = new AbortController();
  let pauses = 0;
  const staff = createSampleStaff({
    address: scene.address,
    password: PASSWORD,
    random: seeded(11),
    burst: 60,
    onFailure: fail,
    pause: async ms => {
      expect(ms).toBeGreaterThanOrEqual(600);
      if (++pauses === 10) ending.abort();
    },
  });
  await staff.run(ending.signal);
  await scene.trail.close();
  const recorded = await scene.recorded();
  expect(recorded.length).toBeGreaterThan(150);
  const outcomes = recorded.map(data => judge.evaluate({ time, data }).outcome);
  const share = (outcome: string) => outcomes.filter(one => one === outcome).length / outcomes.length;
  expect(share('conforming')).toBeGreaterThan(0.8);
  expect(share('undetermined')).toBeGreaterThan(0.01);
  expect(new Set(recorded.map(({ purpose }) => purpose)).size).toBeGreaterThanOrEqual(4);
  expect(new Set(recorded.map(({ actor }) => actor.org)).size).toBeGreaterThanOrEqual(3);
});

test('an errand that cannot be done is told, without a name in it, and the next one goes on', async () => {
  const scene = await startDesk();
  const ending = new AbortController();
  const told: string[] = [];
  const staff = createSampleStaff({
    address: scene.address,
    password: 'wrong',
    random: seeded(1),
    burst: 0,
    onFailure: ({ message }) => told.push(message),
    pause: async () => void (told.length === 2 && ending.abort()),
  });
  await staff.run(ending.signal);
  expect(told).toEqual(Array(2).fill('the desk answered 401 at /login, expected 200'));
});
