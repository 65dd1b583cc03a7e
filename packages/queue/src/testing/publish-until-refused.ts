// SPDX-License-Identifier: Apache-2.0
// A process under a file size limit that publishes 1 KB messages until the system refuses, then a small one,
// and prints what happened as JSON. Argument: folder of a file queue.
import { openFileQueue } from '../index.ts';

const [dir] = process.argv.slice(2);
if (dir === undefined) throw new Error('expected a folder');
const queue = openFileQueue(dir);
await queue.ensureTopics([{ topic: 't', partitions: 1 }]);
const publisher = queue.publisher();
const publish = async (bytes: number) => {
  const [position] = await publisher.publish([{ topic: 't', key: null, value: Buffer.alloc(bytes, 'x') }]);
  return position?.offset;
};
let stored = 0;
let code = '';
while (code === '') {
  await publish(1000).then(
    () => stored++,
    error => {
      code = error.code;
    },
  );
}
const storedAfterwards = await publish(1);
await queue.close();
process.stdout.write(JSON.stringify({ stored, code, storedAfterwards }));
