// SPDX-License-Identifier: Apache-2.0
// `POST /add-checkpoint` over HTTP/1.1, one request after the other.
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { Logger, Part } from '@ashiato/runtime';
import { addCheckpoint, type WitnessDeps } from './add-checkpoint.ts';

/** A checkpoint is a few hundred bytes, a proof at most 63 lines. */
const MAX_BODY_BYTES = 65_536;
const PATH = '/add-checkpoint';

export function createWitnessServer(deps: WitnessDeps, logger: Pick<Logger, 'info' | 'error'>): Server {
  return createServer(async (request, response) => {
    const end = (status: number, body: string, type = 'text/plain; charset=utf-8') =>
      response.writeHead(status, { 'content-type': type }).end(body);
    try {
      if (request.url !== PATH) return end(404, `expected ${PATH}\n`);
      if (request.method !== 'POST') return end(405, 'expected POST\n');
      const body = await bodyOf(request);
      if (body === undefined) return end(413, `expected at most ${MAX_BODY_BYTES} bytes\n`);
      const answer = addCheckpoint(body, deps);
      logger.info(
        { status: answer.status, ...(answer.status === 200 ? {} : { why: answer.body.trim() }) },
        'asked',
      );
      end(answer.status, answer.body, answer.type);
    } catch (err) {
      logger.error({ err }, 'a request could not be answered');
      end(500, 'the witness failed\n');
    }
  });
}

async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > MAX_BODY_BYTES) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

export function witnessPart(
  listen: { host: string; port: number },
  deps: WitnessDeps & { logger: Logger },
): Part {
  const server = createWitnessServer(deps, deps.logger);
  return {
    name: 'http',
    async run(signal) {
      server.listen(listen.port, listen.host);
      await once(server, 'listening');
      deps.logger.info({ ...listen }, 'listening');
      if (!signal.aborted) await once(signal, 'abort');
      server.close();
      server.closeIdleConnections();
    },
  };
}
