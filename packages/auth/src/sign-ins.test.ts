// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { createSignIns } from './sign-ins.ts';

const MINUTE_MS = 60_000;

function signInsAt(start: string) {
  let time = Date.parse(start);
  return { signIns: createSignIns({ now: () => new Date(time) }), pass: (ms: number) => (time += ms) };
}

test('a code opens one session, once', () => {
  const { signIns } = signInsAt('2026-01-01T00:00:00Z');
  const code = signIns.issueSignIn('investigator');
  const redeemed = signIns.redeem(code);
  if (redeemed.outcome !== 'granted') throw new Error('expected a session');
  expect(redeemed.role).toBe('investigator');
  expect(signIns.verify(redeemed.session)).toMatchObject({
    outcome: 'granted',
    role: 'investigator',
    sessionId: redeemed.sessionId,
  });
  expect(signIns.redeem(code)).toEqual({ outcome: 'refused', reason: 'unknown' });
});

test('a code is no session, and a session no code', () => {
  const { signIns } = signInsAt('2026-01-01T00:00:00Z');
  const code = signIns.issueSignIn('viewer');
  expect(signIns.verify(code)).toEqual({ outcome: 'refused', reason: 'unknown' });
  const redeemed = signIns.redeem(code);
  const session = redeemed.outcome === 'granted' ? redeemed.session : '';
  expect(signIns.redeem(session)).toEqual({ outcome: 'refused', reason: 'unknown' });
  expect(session).not.toBe(code);
});

test('a code ends after 10 minutes, a session after 12 hours', () => {
  const { signIns, pass } = signInsAt('2026-01-01T00:00:00Z');
  const [late, inTime] = [signIns.issueSignIn('viewer'), signIns.issueSignIn('viewer')];
  pass(10 * MINUTE_MS - 1);
  const redeemed = signIns.redeem(inTime);
  const session = redeemed.outcome === 'granted' ? redeemed.session : '';
  pass(1);
  expect(signIns.redeem(late)).toEqual({ outcome: 'refused', reason: 'expired' });
  pass(12 * 60 * MINUTE_MS - 2);
  expect(signIns.verify(session).outcome).toBe('granted');
  pass(1);
  expect(signIns.verify(session)).toEqual({ outcome: 'refused', reason: 'expired' });
});

test('an ended session is unknown', () => {
  const { signIns } = signInsAt('2026-01-01T00:00:00Z');
  const redeemed = signIns.redeem(signIns.issueSignIn('admin'));
  const session = redeemed.outcome === 'granted' ? redeemed.session : '';
  signIns.end(session);
  expect(signIns.verify(session)).toEqual({ outcome: 'refused', reason: 'unknown' });
});

test('nobody fills the memory: past a thousand the oldest goes', () => {
  const { signIns } = signInsAt('2026-01-01T00:00:00Z');
  const first = signIns.issueSignIn('viewer');
  for (let index = 0; index < 999; index++) signIns.issueSignIn('viewer');
  const last = signIns.issueSignIn('viewer');
  expect(signIns.redeem(first).outcome).toBe('refused');
  expect(signIns.redeem(last).outcome).toBe('granted');
});
