// SPDX-License-Identifier: Apache-2.0
// Fastify and Express, each listening and asked over HTTP.
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import express, { type Request } from 'express';
import fastify, { type FastifyRequest } from 'fastify';
import { expect, onTestFinished, test } from 'vitest';
import type { AccessRecord } from '../words.ts';
import { recordedExpress } from './express.ts';
import { recordedFastify } from './fastify.ts';
import { type Scene, startTrail } from './instrument.testing.ts';

type Asked = { headers: FastifyRequest['headers']; query: unknown; body: unknown };

/** Who asks, from a header, as a session would say it. */
const everywhere = ({ headers }: Asked) => ({
  actor: { id: String(headers['x-staff']), type: 'user' as const },
  business: 'electricity',
});
const byTicket = ({ query }: Asked) => ({
  purpose: 'customer_contact',
  refs: { ticket: (query as { case: string }).case },
});
const byForm = ({ body }: Asked) => ({
  purpose: 'registration_update',
  refs: { request: (body as { request: string }).request },
});

const read: AccessRecord = { subject: { ref: 'K-1' }, operation: 'use', fields: ['basic.name'] };
/** What a handler does: it waits, as for a database, and records without knowing who asks. */
async function handle({ trail }: Scene) {
  await pause(1);
  return trail.access(read, () => 'A');
}

async function startFastify(scene: Scene): Promise<string> {
  const app = fastify();
  await app.register(recordedFastify({ trail: scene.trail, everywhere }));
  app.get('/customers', { config: { access: byTicket } }, () => handle(scene));
  app.post('/address', { config: { access: byForm } }, () => handle(scene));
  app.get('/menus', { config: { access: { purpose: 'service_provision' } } }, () => handle(scene));
  app.get('/health', () => 'ok');
  onTestFinished(() => app.close());
  return app.listen({ host: '127.0.0.1', port: 0 });
}

async function startExpress(scene: Scene): Promise<string> {
  const app = express();
  app.use(express.json());
  const access = recordedExpress({ trail: scene.trail, everywhere });
  const answer = async (_request: Request, response: express.Response) => {
    response.send(await handle(scene));
  };
  app.get('/customers', access(byTicket), answer);
  app.post('/address', access(byForm), answer);
  app.get('/menus', access({ purpose: 'service_provision' }), answer);
  app.get('/health', (_request, response) => {
    response.send('ok');
  });
  const server = app.listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const told = ({ data }: { data: object }) => {
  const { actor, purpose, business, refs } = data as Record<string, unknown>;
  return { actor: (actor as { id: string }).id, purpose, business, refs };
};

test.each([
  ['Fastify', startFastify],
  ['Express', startExpress],
])('%s: each request is recorded under its own actor, purpose and case', async (_name, start) => {
  const scene = await startTrail();
  const base = await start(scene);
  const ask = async (path: string, staff: string, body?: object) => {
    const answer = await fetch(base + path, {
      headers: { 'x-staff': staff, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { method: 'POST', body: JSON.stringify(body) }),
    });
    expect(answer.status).toBe(200);
  };
  await ask('/health', 'st-0');
  // Many at once: none may see the context of another.
  const staff = Array.from({ length: 30 }, (_, i) => `st-${i}`);
  await Promise.all(staff.map(id => ask(`/customers?case=T-${id}`, id)));
  await ask('/address', 'st-90', { request: 'R-7' });
  await ask('/menus', 'st-91');
  const recorded = (await scene.recorded()).map(told);
  expect(recorded).toHaveLength(32);
  for (const id of staff) {
    expect(recorded).toContainEqual({
      actor: id,
      purpose: 'customer_contact',
      business: 'electricity',
      refs: { ticket: `T-${id}` },
    });
  }
  expect(recorded.slice(-2)).toEqual([
    { actor: 'st-90', purpose: 'registration_update', business: 'electricity', refs: { request: 'R-7' } },
    { actor: 'st-91', purpose: 'service_provision', business: 'electricity', refs: undefined },
  ]);
});

test.each([
  ['Fastify', startFastify],
  ['Express', startExpress],
])('%s: a route that cannot say its context answers an error and reads nothing', async (_name, start) => {
  const scene = await startTrail();
  const base = await start(scene);
  const answer = await fetch(`${base}/address`, { method: 'POST', headers: { 'x-staff': 'st-1' } });
  expect(answer.status).toBe(500);
  expect(await scene.recorded()).toEqual([]);
});
