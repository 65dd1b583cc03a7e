// SPDX-License-Identifier: Apache-2.0
// Stretches that were read already, kept beside the trail: what they showed, and where the reader stood behind them.
// A shortcut, never evidence: they follow from the segments and the register alone, so anyone can leave them out.
import { promisify } from 'node:util';
import { zstdCompress, zstdDecompress } from 'node:zlib';
import type { ObjectStore } from '@ashiato/objects';
import type { PartitionFacts } from './partition-facts.ts';
import type { Position } from './partition-reader.ts';

const FORMAT = 'ashiato.stretch.v1';
/** A stretch ends with the segment that makes it this long. */
const STRETCH_MS = 3_600_000;
const STRETCH_RECORDS = 200_000;

const [compress, decompress] = [promisify(zstdCompress), promisify(zstdDecompress)];

/** One kept stretch by its name alone. */
export interface StretchName {
  key: string;
  /** Offset behind it. */
  next: number;
  /** Broker's clock at its newest record, ms since 1970. */
  at: number;
}

interface Stretch {
  format: typeof FORMAT;
  /** Where it began. */
  from: number;
  facts: PartitionFacts;
  position: Position;
}

export interface Stretches {
  /** Ascending. */
  list(): Promise<StretchName[]>;
  read(name: StretchName): Promise<{ facts: PartitionFacts; position: Position }>;
  /** Keeps what was read since offset `from`; an equal one of another reader may be there, and is as good. */
  keep(from: number, facts: PartitionFacts, position: Position): Promise<void>;
}

/** Whether a stretch that began at `since` (ms) ends here. */
export const isDue = ({ records, at }: Pick<PartitionFacts, 'records' | 'at'>, since: number): boolean =>
  records >= STRETCH_RECORDS || (records > 0 && at - since >= STRETCH_MS);

/** `register` = SHA-256 of the register of sources: under another one the same seals may count otherwise. */
export function createStretches({
  objects,
  register,
  stream,
  partition,
}: {
  objects: ObjectStore;
  register: string;
  stream: string;
  partition: number;
}): Stretches {
  const folder = `completeness/${register.slice(0, 16)}/${stream}/${String(partition).padStart(5, '0')}/`;
  return {
    async list() {
      const names: StretchName[] = [];
      for await (const { key } of objects.list(folder)) {
        const [next, at] = key.slice(folder.length).split('.');
        names.push({ key, next: Number(next), at: Number(at) });
      }
      return names;
    },
    async read({ key }) {
      const stored = await objects.get(key);
      if (!stored) throw new Error(`${key}: listed, but not there`);
      const stretch = JSON.parse((await decompress(stored.bytes)).toString()) as Stretch;
      if (stretch.format !== FORMAT)
        throw new Error(`${key}: format ${stretch.format}, expected ${FORMAT}; remove it`);
      return stretch;
    },
    async keep(from, facts, position) {
      const [next, at] = [String(position.next).padStart(20, '0'), String(position.at).padStart(15, '0')];
      const stretch: Stretch = { format: FORMAT, from, facts, position };
      await objects.create(`${folder}${next}.${at}.json.zst`, await compress(JSON.stringify(stretch)));
    },
  };
}
