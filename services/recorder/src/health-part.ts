// SPDX-License-Identifier: Apache-2.0
// What operators ask of a recorder: is it alive, can it commit, how far is it.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Metrics, Part } from '@ashiato/runtime';

/** `/healthz`, `/readyz` (200 when every partition held can commit) and `/metrics`; nothing about any event. */
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
