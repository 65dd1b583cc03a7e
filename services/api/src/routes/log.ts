// SPDX-License-Identifier: Apache-2.0
// The log as c2sp.org/tlog-tiles serves it. Commitments only, so it is for everybody: who watches needs no account.
import { Malformed } from '@ashiato/tlog';
import { parseTilePath } from '@ashiato/tlog/tiles';
import type { ApiDeps } from '../api-deps.ts';
import { ApiError } from '../problems.ts';
import { asProblem } from '../record-proofs.ts';
import type { Route } from '../route.ts';

const TEXT = 'text/plain; charset=utf-8';

export function logRoutes({ log }: ApiDeps): Route[] {
  return [
    {
      method: 'get',
      path: '/checkpoint',
      operationId: 'checkpoint',
      summary: 'The newest published checkpoint of the log, a C2SP signed note',
      mediaTypes: ['text/plain'],
      problems: ['no_checkpoint', 'log_unavailable'],
      async handle({ reply }) {
        const newest = await log.newestCheckpoint().catch(asProblem);
        if (!newest)
          throw new ApiError('no_checkpoint', 'the notary publishes the first after the first segment');
        reply.type(TEXT);
        return newest.note;
      },
    },
    {
      method: 'get',
      path: '/log.vkey',
      operationId: 'logKey',
      summary: 'The public key that checkpoints are signed with; a verifier must have it from elsewhere too',
      mediaTypes: ['text/plain'],
      problems: ['no_checkpoint', 'log_unavailable'],
      async handle({ reply }) {
        const vkey = await log.vkey().catch(asProblem);
        if (vkey === undefined) throw new ApiError('no_checkpoint', 'no notary has begun this log yet');
        reply.type(TEXT);
        return `${vkey}\n`;
      },
    },
    {
      method: 'get',
      path: '/tile/{path}',
      operationId: 'tile',
      summary: 'A tile or entry bundle: <level>/<index>[.p/<width>], level a number or "entries"',
      mediaTypes: ['application/octet-stream'],
      problems: ['tile_not_found', 'log_unavailable'],
      async handle({ request, reply }) {
        const path = `tile/${(request.params as { '*': string })['*']}`;
        const tile = parseTilePath(path);
        if (tile instanceof Malformed) throw new ApiError('tile_not_found', tile.message);
        const bytes = await log.tiles.read(path).catch(asProblem);
        if (!bytes) throw new ApiError('tile_not_found', 'the log has not grown so far');
        reply.type('application/octet-stream').header('cache-control', 'public, max-age=31536000, immutable');
        return Buffer.from(bytes);
      },
    },
  ];
}
