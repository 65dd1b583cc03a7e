// SPDX-License-Identifier: Apache-2.0
// What the tests of this room read with.
import type { Chunk, Gap, Message, Queue } from '../queue.ts';

export interface ReadBack {
  messages: (Message & { partition: number })[];
  gaps: (Gap & { partition: number })[];
  chunks: Chunk[];
}

/** Reads from the given offset (the oldest held by default) until `enough`, then stops and drains. */
export async function readMessages(
  queue: Queue,
  topic: string,
  enough: (read: ReadBack) => boolean,
  {
    group = `g-${Math.random().toString(36).slice(2)}`,
    from,
  }: { group?: string; from?: (partition: number) => number } = {},
): Promise<ReadBack> {
  const read: ReadBack = { messages: [], gaps: [], chunks: [] };
  const done = new AbortController();
  await queue.subscribe(
    {
      topics: [topic],
      group,
      startAt: async (_, partition, { low }) => from?.(partition) ?? low,
      onChunk: async chunk => {
        assertCovers(chunk);
        const { partition } = chunk;
        read.chunks.push(chunk);
        for (const message of chunk.messages) read.messages.push({ ...message, partition });
        for (const gap of chunk.gaps) read.gaps.push({ ...gap, partition });
        if (enough(read)) done.abort();
      },
      onRevoked: async () => undefined,
    },
    done.signal,
  );
  return read;
}

/** Everything held now, of all partitions. */
export async function readAll(queue: Queue, topic: string): Promise<ReadBack> {
  const ends = new Map((await queue.offsets(topic)).map(({ partition, high }) => [partition, high]));
  const left = new Set([...ends].filter(([, high]) => high > 0).map(([partition]) => partition));
  if (left.size === 0) return { messages: [], gaps: [], chunks: [] };
  return readMessages(queue, topic, ({ chunks }) => {
    const { partition, to } = chunks.at(-1)!;
    if (to + 1 >= ends.get(partition)!) left.delete(partition);
    return left.size === 0;
  });
}

/** The promise of every chunk: messages and gaps cover from..to, once each. */
export function assertCovers(chunk: Chunk): void {
  const ranges = [...chunk.messages.map(({ offset }) => ({ from: offset, to: offset })), ...chunk.gaps];
  let next = chunk.from;
  for (const range of ranges.sort((a, b) => a.from - b.from)) {
    if (range.from !== next || range.to < range.from) {
      throw new Error(
        `chunk ${chunk.from}..${chunk.to} has ${range.from}..${range.to} where ${next} was expected`,
      );
    }
    next = range.to + 1;
  }
  if (next !== chunk.to + 1) throw new Error(`chunk ${chunk.from}..${chunk.to} ends at ${next - 1}`);
}

export function text(bytes: Uint8Array | null): string {
  return bytes === null ? '' : Buffer.from(bytes).toString();
}
