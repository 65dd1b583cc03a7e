// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { event, startScene } from './intake.testing.ts';
import { IntakeError } from './problems.ts';
import { createRateLimit } from './rate-limit.ts';

test('over any time a token sends no more than its rate, the burst, and the last body', () => {
  const sends = fc.array(
    fc.record({ after: fc.nat({ max: 3000 }), events: fc.integer({ min: 1, max: 400 }) }),
    { maxLength: 60 },
  );
  fc.assert(
    fc.property(sends, all => {
      let now = 1_000_000;
      const began = now;
      const rate = createRateLimit(100, () => now);
      let sent = 0;
      for (const { after, events } of all) {
        now += after;
        try {
          rate.admit('t');
        } catch (refusal) {
          // The wait that is told is long enough, and no longer than it must be by more than the rounding.
          const wait = (refusal as IntakeError).more.retry_after_s as number;
          now += (wait - 1) * 1000 - 1;
          expect(() => rate.admit('t')).toThrow(IntakeError);
          now += 1001;
          rate.admit('t');
        }
        rate.count('t', events - 1);
        expect(sent).toBeLessThanOrEqual(((now - began) / 1000) * 100 + 500);
        sent += events;
      }
    }),
  );
});

test('429 with Retry-After before the body is read; another token is not held back', async () => {
  const { send, token, queue } = await startScene({ eventsPerSecond: 1, now: () => 0 });
  const body = Array.from({ length: 8 }, (_, i) => event({ id: `e-${i}` }).text).join('\n');
  expect((await send('application/x-ndjson', body)).status).toBe(202);
  const refused = await send('application/x-ndjson', body);
  expect(refused).toMatchObject({ status: 429, body: { code: 'rate_exceeded', retry_after_s: 3 } });
  expect(refused.headers.get('retry-after')).toBe('3');
  const desk = { authorization: `Bearer ${token.desk}` };
  expect((await send('application/x-ndjson', body, desk)).status).toBe(202);
  expect((await queue.offsets('ashiato.access.v1'))[0]!.high).toBe(16);
});

test('refused requests count too', async () => {
  const { send } = await startScene({ eventsPerSecond: 1, now: () => 0 });
  const statuses = [];
  for (let i = 0; i < 7; i++) statuses.push((await send('text/plain', 'x')).status);
  expect(statuses).toEqual([415, 415, 415, 415, 415, 415, 429]);
});
