// SPDX-License-Identifier: Apache-2.0
// The desk as a part of a process: its folder, its trail, its port, and its sample staff where that is asked for.
import { once } from 'node:events';
import { join } from 'node:path';
import type { Vocabulary } from '@ashiato/policy/astmax-energy';
import { keptSecret, type Logger, type Part } from '@ashiato/runtime';
import { createTrail, type Destination, type TrailOptions } from '@ashiato/sdk';
import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import { openDatabase } from './database.ts';
import { createDesk } from './desk.ts';
import { createSampleStaff } from './sample-staff/sample-staff.ts';

export interface DeskSettings {
  listen: { host: string; port: number };
  tls?: { cert: string; key: string };
  secureCookies: boolean;
  /** Folder of the desk's own: database, spool, the staff's password, the key of its pseudonyms. */
  dir: string;
  source: string;
  destination: Destination;
  mode: NonNullable<TrailOptions['mode']>;
  /** Asked first in mode `enforce`. */
  policy?: NonNullable<TrailOptions['policy']>;
  sampleStaff: boolean;
  logger: Logger;
  /** Called when it listens. */
  onListening: (address: string) => void;
}

/** Errands of the sample staff on the desk's very first day, some 250 accesses. */
const BURST = 60;

/** Path of the file with the password of the sample staff, in the desk's folder. */
export const passwordFile = (dir: string) => join(dir, 'staff-password');

export function deskPart(settings: DeskSettings): Part {
  const { dir, logger, destination, source, mode, policy, tls } = settings;
  const password = keptSecret(passwordFile(dir));
  const database = openDatabase(dir, { password, now: new Date() });
  const trail = createTrail<Vocabulary>({
    ...destination,
    source,
    spoolDir: join(dir, 'spool'),
    mode,
    ...(policy && { policy }),
    // A customer who calls is served while the intake is away: the access is on this disk before it is shown.
    durability: 'disk',
    pseudonymKeys: { 1: Buffer.from(keptSecret(join(dir, 'pseudonym-key-1'))) },
    onNotice: ({ level, text }) => logger[level]({ source }, text),
  });
  const app: FastifyInstance = fastify({
    loggerInstance: logger as FastifyBaseLogger,
    // Addresses of requests are those of customers.
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: 'idle',
    ...(tls && { https: tls }),
  });

  return {
    name: 'customer desk',
    async run(signal) {
      await trail.start(); // what the last run left goes first
      await app.register(createDesk({ trail, database, secureCookies: settings.secureCookies }));
      const address = await app.listen({ ...settings.listen });
      settings.onListening(address);
      if (settings.sampleStaff) await work(address, signal);
      if (!signal.aborted) await once(signal, 'abort');
      await app.close();
    },
    async close() {
      await trail.close({ deadlineMs: 3000 });
      database.close();
    },
  };

  function work(address: string, signal: AbortSignal): Promise<void> {
    const isFirstDay = database.prepare('select 1 from cases limit 1').get() === undefined;
    const onFailure = ({ message }: Error) => logger.warn({ source }, `sample staff: ${message}`);
    const burst = isFirstDay ? BURST : 0;
    return createSampleStaff({ address, password, random: Math.random, burst, onFailure }).run(signal);
  }
}
