// SPDX-License-Identifier: Apache-2.0
// One port for everything: intake, api and page. When it listens, the trail is announced and the address told.
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { SignIns } from '@ashiato/auth';
import { announce, type Engines, type Part, RuntimeError, withdraw } from '@ashiato/runtime';
import fastify, { type FastifyInstance, type FastifyPluginAsync } from 'fastify';

export interface HttpPartDeps {
  listen: { host: string; port: number };
  tls: { cert: string; key: string } | undefined;
  dir: string;
  places: Engines;
  signIns: SignIns;
  /** The log's public key. */
  vkey: string;
  /** When the process began, ms since 1970. */
  began: number;
  plugins: FastifyPluginAsync[];
}

/** Throws in words for people when the address cannot be had, before anything runs. */
export async function assertFree({ host, port }: HttpPartDeps['listen'], option: string): Promise<void> {
  const probe = createServer();
  try {
    probe.listen(port, host);
    await once(probe, 'listening');
  } catch (cause) {
    const why = (cause as NodeJS.ErrnoException).code === 'EADDRINUSE' ? 'in use already' : String(cause);
    const remedy = `end what listens there, or choose another with ${option} HOST:PORT`;
    throw new RuntimeError('CONFIG', `${host}:${port} is ${why}; ${remedy}`, cause);
  }
  probe.close();
  await once(probe, 'close');
}

export function httpPart(deps: HttpPartDeps): Part {
  return {
    name: 'http',
    async run(signal) {
      const app: FastifyInstance = fastify({
        logger: false, // a request's address and query may name a person
        forceCloseConnections: 'idle',
        ...(deps.tls ? { https: deps.tls } : {}),
      });
      for (const plugin of deps.plugins) await app.register(plugin);
      await app.listen({ ...deps.listen });
      const base = addressOf(app, deps);
      announce(deps.dir, {
        kind: 'standalone',
        pid: process.pid,
        api: base,
        intake: base,
        tokens: join(deps.dir, 'tokens'),
        ...deps.places,
      });
      tell(base, deps);
      if (!signal.aborted) await once(signal, 'abort');
      withdraw(deps.dir);
      await app.close();
    },
  };
}

function addressOf(app: FastifyInstance, { listen, tls }: HttpPartDeps): string {
  const { port } = app.server.address() as { port: number };
  const host = ['0.0.0.0', '::'].includes(listen.host) ? 'localhost' : listen.host;
  return `${tls ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function tell(base: string, { dir, signIns, vkey, began }: HttpPartDeps): void {
  const seconds = ((Date.now() - began) / 1000).toFixed(1);
  process.stdout.write(`
Ashiato (足跡) is recording; ready in ${seconds} s. Everything is kept in ${dir}

  page      ${base}/?code=${signIns.issueSignIn('investigator')}
            (signs you in once, within 10 minutes; "ashiato sign-in" prints a fresh address)
  api       ${base}/docs
  log key   ${vkey}
  send      curl -H "Authorization: Bearer $(cat ${dir}/tokens/emitter)" \\
                 -H "Content-Type: application/cloudevents+json" -d @event.json ${base}/v1/events
`);
}
