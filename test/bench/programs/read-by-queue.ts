// SPDX-License-Identifier: Apache-2.0
// Arm D2: our queue port reads every message, with its gaps proven, and drops it.
import { openQueue } from '@ashiato/queue';
import { say } from './say.ts';

const [bootstrap, topic, events] = process.argv.slice(2) as [string, string, string];
const queue = openQueue(`kafka://${bootstrap}`);
let begun = false;
let count = 0;
await queue.subscribe(
  {
    topics: [topic],
    group: `bench-${crypto.randomUUID()}`,
    async startAt() {
      if (!begun) say('begun');
      begun = true;
      return 0;
    },
    async onChunk(chunk) {
      count += chunk.messages.length;
      if (count === Number(events)) say('done');
    },
    async onRevoked() {},
  },
  new AbortController().signal,
);
