// SPDX-License-Identifier: Apache-2.0
// Which partition a key belongs to: the same answer as Java's default partitioner and librdkafka's
// murmur2_random give (KafkaProducer: toPositive(murmur2(keyBytes)) % partitions).

const SEED = 0x9747b28c;
const M = 0x5bd1e995;

/** Kafka's murmur2 over the bytes, as an unsigned 32-bit number. */
export function murmur2(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let hash = SEED ^ bytes.length;
  let at = 0;
  for (; at + 4 <= bytes.length; at += 4) {
    let word = Math.imul(view.getInt32(at, true), M);
    word = Math.imul(word ^ (word >>> 24), M);
    hash = Math.imul(hash, M) ^ word;
  }
  const rest = bytes.length - at;
  if (rest > 0) {
    for (let i = rest - 1; i >= 0; i--) hash ^= view.getUint8(at + i) << (8 * i);
    hash = Math.imul(hash, M);
  }
  hash = Math.imul(hash ^ (hash >>> 13), M);
  return (hash ^ (hash >>> 15)) >>> 0;
}

/** The partition of a key among `partitions`. */
export function partitionOf(key: string, partitions: number): number {
  return (murmur2(Buffer.from(key)) & 0x7fffffff) % partitions;
}

/** Chooses a partition per message: the stated one, else by key, else in turn. */
export function createPartitioner() {
  let turn = 0;
  // Batches mostly hold the messages of one key.
  let latest = { key: '', partitions: 0, partition: 0 };
  return (message: { key: string | null; partition?: number }, partitions: number): number => {
    const { key, partition } = message;
    if (partition !== undefined) return partition;
    if (key === null) return turn++ % partitions;
    if (key !== latest.key || partitions !== latest.partitions)
      latest = { key, partitions, partition: partitionOf(key, partitions) };
    return latest.partition;
  };
}
