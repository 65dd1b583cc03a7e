// SPDX-License-Identifier: Apache-2.0
// What operators ask of a process without an HTTP interface of its own: is it alive, can it do its work, how far is it.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { z } from 'zod';
import type { Part } from './lifecycle.ts';
import type { Metrics } from './metrics.ts';

/** `/healthz`, `/readyz` (200 when `ready`) and `/metrics`; nothing about any event. */
export function healthPart(
  listen: { host: string; port: number },
  { metrics, ready }: { metrics: Metrics; ready: () => boolean },
): Part {
  const answers: Record<string, () => Promise<{ status: number; type: string; body: string }>> = {
    '/healthz': async () => json(200, { status: 'ok' }),
    '/readyz': async () => (ready() ? json(200, { status: 'ready' }) : json(503, { status: 'not ready' })),
    '/metrics': async () => {
      const { contentType, body } = await metrics.expose();
      return { status: 200, type: contentType, body };
    },
  };
  const server = createServer(async (request, response) => {
    const answer = answers[request.method === 'GET' ? (request.url ?? '') : ''];
    const { status, type, body } = answer ? await answer() : json(404, { status: 'not found' });
    response.writeHead(status, { 'content-type': type }).end(body);
  });
  return {
    name: 'health',
    async run(signal) {
      server.listen(listen.port, listen.host);
      await once(server, 'listening');
      if (!signal.aborted) await once(signal, 'abort');
      server.closeAllConnections();
      server.close();
    },
  };
}

const json = (status: number, value: object) => ({
  status,
  type: 'application/json',
  body: `${JSON.stringify(value)}\n`,
});

/** A key with that address; loopback unless it says otherwise: counts only, nothing of any event. */
export const healthListenKey = z
  .string()
  .regex(/^[A-Za-z0-9.-]+:\d{1,5}$/, 'expected host:port')
  .transform(text => ({ host: text.split(':')[0]!, port: Number(text.split(':')[1]) }))
  .optional();
