// SPDX-License-Identifier: Apache-2.0
// What a call costs that nobody waits for: record() into a spool, or pino writing the same object to a file.
import { join } from 'node:path';
import { createTrail } from '@ashiato/sdk';
import pino from 'pino';
import { sdkAccesses } from '../sdk-events.ts';
import { tell } from './tell.ts';

const [side, dir, count] = process.argv.slice(2) as [string, string, string];
const EVENTS = Number(count);
/** Calls between two turns of the event loop, as of requests that come at one moment. */
const BURST = 100;
/** After so many calls everything is waited for: neither side gathers without end. */
const STRETCH = 10_000;
const accesses = sdkAccesses(1000);

interface Sink {
  call(n: number): void;
  /** Resolves when all is written: in the spool, durably; in pino's file, as far as write() goes. */
  written(): Promise<void>;
}

const sink = side === 'sdk' ? await spool() : file();
await run(EVENTS / 5);
tell(await run(EVENTS));
process.exit();

async function run(events: number) {
  let inCalls = 0;
  const before = process.cpuUsage();
  for (let n = 0; n < events; ) {
    const began = performance.now();
    for (const end = n + BURST; n < end; n++) sink.call(n);
    inCalls += performance.now() - began;
    if (n % STRETCH === 0) await sink.written();
    else await new Promise(setImmediate);
  }
  await sink.written();
  const { user, system } = process.cpuUsage(before);
  return { micros: (inCalls * 1000) / events, cpu_micros: (user + system) / events };
}

async function spool(): Promise<Sink> {
  const trail = createTrail({ source: '/bench/calls', spoolDir: join(dir, 'spool'), forwarder: 'other' });
  await trail.start();
  let under = 0;
  let wake = () => {};
  const done = () => {
    if (--under === 0) wake();
  };
  return {
    // A rejection has no handler here and ends this program, as it should.
    call(n) {
      under++;
      void trail.record(accesses[n % 1000]!).then(done);
    },
    async written() {
      if (under > 0) await new Promise<void>(resolve => (wake = resolve));
    },
  };
}

/** pino's own asynchronous destination; everything else is its default. */
function file(): Sink {
  const destination = pino.destination({ dest: join(dir, 'pino.log'), sync: false });
  const logger = pino(destination);
  return {
    call: n => logger.info(accesses[n % 1000]),
    written: () =>
      new Promise((resolve, reject) => destination.flush(error => (error ? reject(error) : resolve()))),
  };
}
