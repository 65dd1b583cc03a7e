// SPDX-License-Identifier: Apache-2.0
// What only files can suffer: torn tails, damage, a second owner, a full disk.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { QueueOptions } from '../options.ts';
import { readAll, readMessages, text } from '../testing/read-messages.ts';
import { type FileQueue, openFileQueue } from './file-queue.ts';

let dir: string;
const open = new Set<FileQueue>();
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'ashiato-files-'));
});
afterEach(async () => {
  for (const queue of open) await queue.close();
  open.clear();
  rmSync(dir, { recursive: true, force: true });
});

async function opened(options: QueueOptions = {}): Promise<FileQueue> {
  const queue = openFileQueue(dir, options);
  open.add(queue);
  await queue.ensureTopics([{ topic: 't', partitions: 1 }]);
  return queue;
}
async function close(queue: FileQueue): Promise<void> {
  open.delete(queue);
  await queue.close();
}
const numbers = (from: number, count: number) =>
  Array.from({ length: count }, (_, i) => ({
    topic: 't',
    key: null,
    value: Buffer.from(`value ${from + i}`),
  }));
const partition = () => join(dir, 'topics', 't', '00000');
const files = () =>
  readdirSync(partition())
    .sort()
    .map(name => join(partition(), name));

describe('a torn tail', () => {
  it('is cut off wherever the write stopped, and writing goes on there', async () => {
    const queue = await opened();
    await queue.publisher().publish(numbers(0, 3));
    await close(queue);
    const [file] = files();
    const whole = readFileSync(file!);
    const lastFrame = 8 + 20 + 'value 2'.length;
    for (let cut = 1; cut < lastFrame; cut++) {
      writeFileSync(file!, whole.subarray(0, whole.length - cut));
      const again = await opened();
      expect(await again.offsets('t')).toEqual([{ partition: 0, low: 0, high: 2 }]);
      const [position] = await again
        .publisher()
        .publish([{ topic: 't', key: null, value: Buffer.from('after') }]);
      expect(position!.offset).toBe(2);
      expect((await readAll(again, 't')).messages.map(({ value }) => text(value))).toEqual([
        'value 0',
        'value 1',
        'after',
      ]);
      await close(again);
    }
  });

  it('of zeros or of bytes that were never a message goes too', async () => {
    for (const tail of [Buffer.alloc(5000), Buffer.from('x'.repeat(300)), Buffer.from([0, 0, 0, 40])]) {
      const queue = await opened();
      const [{ offset } = { offset: 0 }] = await queue.publisher().publish(numbers(0, 1));
      await close(queue);
      appendFileSync(files()[0]!, tail);
      const again = await opened();
      expect(await again.offsets('t')).toEqual([{ partition: 0, low: 0, high: offset + 1 }]);
      await close(again);
    }
  });

  it('of a file just begun is no message lost', async () => {
    const queue = await opened({ segmentBytes: 200 });
    for (let i = 0; i < 20; i++) await queue.publisher().publish(numbers(i, 1));
    const [{ high } = { high: 0 }] = await queue.offsets('t');
    await close(queue);
    writeFileSync(join(partition(), `${String(high).padStart(20, '0')}.log`), 'ashi');
    const again = await opened({ segmentBytes: 200 });
    expect((await readAll(again, 't')).messages).toHaveLength(20);
    const [position] = await again.publisher().publish(numbers(20, 1));
    expect(position!.offset).toBe(20);
  });
});

describe('damage', () => {
  it('in the middle of the last file is an error that names the place, on opening', async () => {
    const queue = await opened();
    await queue.publisher().publish(numbers(0, 10));
    await close(queue);
    const [file] = files();
    const bytes = readFileSync(file!);
    const frame = 8 + 20 + 'value 0'.length;
    const flipped = Buffer.from(bytes);
    flipped[16 + 3 * frame + 30]! ^= 1;
    writeFileSync(file!, flipped);
    const again = openFileQueue(dir);
    await expect(again.ping()).rejects.toMatchObject({
      code: 'STORAGE_DAMAGED',
      message: expect.stringContaining(`${file} is damaged at byte ${16 + 3 * frame}`),
    });
    // The refusal changed nothing: with the bytes restored all is there.
    expect(statSync(file!).size).toBe(bytes.length);
    writeFileSync(file!, bytes);
    expect((await readAll(await opened(), 't')).messages).toHaveLength(10);
    await again.close();
  });

  it('of an earlier file is an error for whoever reads there, never a gap', async () => {
    const queue = await opened({ segmentBytes: 200 });
    for (let i = 0; i < 30; i++) await queue.publisher().publish(numbers(i, 1));
    await close(queue);
    const [first, second] = files();
    truncateSync(second!, statSync(second!).size - 3);
    const again = await opened({ segmentBytes: 200 });
    await expect(readAll(again, 't')).rejects.toMatchObject({
      code: 'STORAGE_DAMAGED',
      message: expect.stringContaining(second!),
    });
    expect(text((await again.readAt('t', 0, 0))!.value)).toBe('value 0');
    await close(again);
    rmSync(second!);
    const missing = await opened({ segmentBytes: 200 });
    await expect(readAll(missing, 't')).rejects.toMatchObject({
      code: 'STORAGE_DAMAGED',
      message: expect.stringContaining(first!),
    });
  });

  it('cannot be forged by a message that holds the bytes of one', async () => {
    const queue = await opened();
    await queue.publisher().publish(numbers(0, 1));
    await close(queue);
    const [file] = files();
    // A frame in the file's own salt, inside a message whose end is then torn off: taken for damage.
    const frame = readFileSync(file!).subarray(16);
    const inner = (salted: Buffer) => [{ topic: 't', key: null, value: Buffer.concat([salted, salted]) }];
    const again = await opened();
    await again.publisher().publish(inner(frame));
    await close(again);
    truncateSync(file!, statSync(file!).size - 1);
    const refused = openFileQueue(dir);
    await expect(refused.ping()).rejects.toMatchObject({ code: 'STORAGE_DAMAGED' });
    await refused.close();
    // Whoever publishes does not know the salt: the same bytes in a new file are a torn tail, nothing more.
    rmSync(file!);
    const anew = await opened();
    await anew.publisher().publish(inner(frame));
    await close(anew);
    truncateSync(file!, statSync(file!).size - 1);
    expect(await (await opened()).offsets('t')).toEqual([{ partition: 0, low: 0, high: 0 }]);
  });
});

describe('the lock', () => {
  it('refuses a second live owner, in this process and in another, and names it', async () => {
    const queue = await opened();
    const second = openFileQueue(dir);
    await expect(second.ping()).rejects.toMatchObject({
      code: 'LOCKED',
      message: expect.stringContaining(String(process.pid)),
    });
    const script = `import { openFileQueue } from ${JSON.stringify(join(import.meta.dirname, 'file-queue.ts'))};
      await openFileQueue(${JSON.stringify(dir)}).ping().catch(error => process.stdout.write(error.code));`;
    const other = spawnSync(process.execPath, ['--input-type=module-typescript', '-e', script], {
      encoding: 'utf8',
    });
    expect(other.stdout).toBe('LOCKED');
    await close(queue);
    await second.ping();
    await second.close();
  });

  it('of a process killed with -9 is free at once', async () => {
    const script = `import { openFileQueue } from ${JSON.stringify(join(import.meta.dirname, 'file-queue.ts'))};
      await openFileQueue(${JSON.stringify(dir)}).ping(); process.stdout.write('held'); setInterval(() => {}, 1000);`;
    const owner = spawn(process.execPath, ['--input-type=module-typescript', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(owner.stdout, 'data');
    const queue = openFileQueue(dir);
    await expect(queue.ping()).rejects.toMatchObject({ code: 'LOCKED' });
    owner.kill('SIGKILL');
    await once(owner, 'close');
    await queue.ping();
    await queue.close();
  });

  it('lets one group have one subscriber', async () => {
    const queue = await opened();
    const done = new AbortController();
    const subscription = {
      topics: ['t'],
      group: 'g',
      startAt: async () => 0,
      onChunk: async () => undefined,
      onRevoked: async () => undefined,
    };
    const reading = queue.subscribe(subscription, done.signal);
    await queue.ping();
    await expect(queue.subscribe(subscription, done.signal)).rejects.toMatchObject({ code: 'GROUP_TAKEN' });
    done.abort();
    await reading;
  });
});

describe('space', () => {
  it('is given back by trim and by age, whole files at a time, and never what is still wanted', async () => {
    const queue = await opened({ segmentBytes: 200 });
    for (let i = 0; i < 30; i++) await queue.publisher().publish(numbers(i, 1));
    const before = files().length;
    expect(before).toBeGreaterThan(4);
    const low = await queue.trim('t', 0, 17);
    expect(low).toBeLessThanOrEqual(17);
    expect(low).toBeGreaterThan(10);
    expect(files().length).toBeLessThan(before);
    expect(
      (await readMessages(queue, 't', read => read.messages.length >= 30 - low)).messages[0]!.offset,
    ).toBe(low);
    await close(queue);
    // Retention: one millisecond, so that everything is too old by the next opening.
    writeFileSync(join(dir, 'topics', 't', 'topic.json'), '{"partitions":1,"retention_ms":-1000}');
    const aged = openFileQueue(dir);
    open.add(aged);
    expect(await aged.offsets('t')).toEqual([{ partition: 0, low: 30, high: 30 }]);
    expect(files()).toHaveLength(1);
  });

  it('over the size limit is refused and nothing is dropped; trimming makes room', async () => {
    const queue = await opened({ maxBytes: 2000, segmentBytes: 300 });
    const publisher = queue.publisher();
    let stored = 0;
    const refused = (async () => {
      for (; stored < 1000; stored++) await publisher.publish(numbers(stored, 1));
    })();
    await expect(refused).rejects.toMatchObject({ code: 'QUEUE_FULL' });
    expect(stored).toBeGreaterThan(20);
    expect((await readAll(queue, 't')).messages).toHaveLength(stored);
    await queue.trim('t', 0, stored - 5);
    const [position] = await publisher.publish(numbers(stored, 1));
    expect(position!.offset).toBe(stored);
  });

  it('refused by the system is an error, the queue stays whole, and goes on when there is space again', async () => {
    // The limit on file size (ulimit -f, in 512-byte blocks) stands for a full disk: a write stops half-way.
    const script = join(import.meta.dirname, '..', 'testing', 'publish-until-refused.ts');
    const child = spawnSync('sh', ['-c', `ulimit -f 64; exec "${process.execPath}" "${script}" "${dir}"`], {
      encoding: 'utf8',
    });
    expect(child.stderr).toBe('');
    const { stored, code, storedAfterwards } = JSON.parse(child.stdout);
    expect(code).toBe('STORAGE_FULL');
    expect(stored).toBeGreaterThan(10);
    // A small message still fitted behind the last whole one.
    expect(storedAfterwards).toBe(stored);
    const queue = await opened();
    expect((await readAll(queue, 't')).messages).toHaveLength(stored + 1);
    expect(existsSync(files()[0]!)).toBe(true);
  });
});
