// SPDX-License-Identifier: Apache-2.0
// Run as a process of its own by the lifecycle's test: lives in the way its argument names, and tells on standard
// output what happens in which order.
import { setTimeout as pause } from 'node:timers/promises';
import { createLogger, type Part, runAll } from '../index.ts';

const say = (line: string) => process.stdout.write(`${line}\n`);
const aborted = (signal: AbortSignal) =>
  new Promise<void>(done => {
    if (signal.aborted) done();
    signal.addEventListener('abort', () => done(), { once: true });
  });

/** Works until asked, then needs a moment to drain. */
const worker = (name: string): Part => ({
  name,
  async run(signal) {
    say(`${name} runs`);
    await aborted(signal);
    await pause(20);
    say(`${name} drained`);
  },
  async close() {
    say(`${name} closed`);
  },
});

const driver = (name: string): Part => ({
  name,
  async close() {
    say(`${name} closed`);
  },
});

const ways: Record<string, Part[]> = {
  calm: [driver('store'), worker('first'), worker('second')],
  failing: [
    driver('store'),
    worker('first'),
    {
      name: 'broken',
      async run() {
        await pause(20);
        throw new Error('the disk is gone');
      },
    },
  ],
  throwing: [
    worker('first'),
    {
      name: 'broken',
      run() {
        throw new Error('not even begun');
      },
    },
  ],
  hanging: [
    driver('store'),
    {
      name: 'deaf',
      async run() {
        say('deaf runs');
        await new Promise(() => {});
      },
    },
  ],
  unclosable: [
    driver('store'),
    worker('first'),
    {
      name: 'sticky',
      async close() {
        throw new Error('sticks');
      },
    },
  ],
  finished: [driver('store'), { name: 'once', run: async () => void say('once done') }],
};

const [way = '', deadlineMs = '5000'] = process.argv.slice(2);
const logger = createLogger({ name: 'live' });
process.exitCode = await runAll(ways[way] ?? [], { deadlineMs: Number(deadlineMs), logger });
say('main goes on');
