// SPDX-License-Identifier: Apache-2.0
// The proof of one record: its salted leaf, the path to its segment's root, the segment's entry in the log, and the way
// from there to a published checkpoint.
import { createRecordProver, type Ledger, LedgerError, type RecordProver } from '@ashiato/ledger';
import type { Log } from '@ashiato/ledger/log';
import { parseLeaf, recordProof } from '@ashiato/ledger/proof';
import { ObjectsError } from '@ashiato/objects';
import { Malformed, TlogError } from '@ashiato/tlog';
import { parseCheckpoint, parseNote } from '@ashiato/tlog/note';
import { formatTlogProof } from '@ashiato/tlog/proof';
import { createTileReader, type TileReader } from '@ashiato/tlog/tiles';
import { z } from 'zod';
import { ApiError } from './problems.ts';

export const provenRecord = recordProof.extend({
  id: z.string(),
  tlog_proof: z.string().describe('c2sp.org/tlog-proof of `leaf`: index, path and checkpoint'),
});

interface RecordPlace {
  stream: string;
  partition: number;
  offset: number;
  /** Key of its segment. */
  segment: string;
}

export interface RecordProofs {
  /** @throws ApiError record_not_logged, segment_unavailable, log_unavailable */
  prove(id: string, place: RecordPlace, named: boolean): Promise<z.infer<typeof provenRecord>>;
}

/** A full segment is some 30 MB: proofs of neighbours are asked for in a row. */
const KEPT_SEGMENTS = 2;

export function createRecordProofs({
  ledger,
  log,
}: {
  ledger: Pick<Ledger, 'read'>;
  log: Pick<Log, 'newestCheckpoint' | 'indexOf' | 'tiles'>;
}): RecordProofs {
  const provers = new Map<string, { sha256: string; prover: RecordProver }>();
  let last: { note: string; reader: TileReader } | undefined;

  async function proverOf({ stream, partition, segment: key }: RecordPlace) {
    const kept = provers.get(key);
    if (kept) return kept;
    const segment = await ledger.read(stream, partition, fromOf(key)).catch(() => undefined);
    if (!segment) throw new ApiError('segment_unavailable', `${key} cannot be read from the object store`);
    const made = { sha256: segment.sha256, prover: createRecordProver(segment) };
    if (provers.size >= KEPT_SEGMENTS) provers.delete(provers.keys().next().value!);
    provers.set(key, made);
    return made;
  }

  /** What the newest checkpoint vouches for; its tiles stay in memory while it is the newest. */
  async function newest() {
    const published = await log.newestCheckpoint();
    if (!published) return undefined;
    if (last?.note === published.note) return last;
    const note = parseNote(published.note);
    const checkpoint = note instanceof Malformed ? note : parseCheckpoint(note.text);
    if (checkpoint instanceof Malformed) throw new ApiError('log_unavailable', checkpoint.message);
    last = { note: published.note, reader: createTileReader(log.tiles, checkpoint) };
    return last;
  }

  async function inLog(place: RecordPlace, sha256: string) {
    const index = await log.indexOf(place.stream, place.partition, fromOf(place.segment));
    const published = await newest();
    if (index === undefined || !published || index >= published.reader.head.size)
      throw new ApiError('record_not_logged', `${place.segment} gets its entry and checkpoint in a moment`);
    const { reader, note } = published;
    let entry = '';
    for await (const bytes of reader.entries(index, index + 1)) entry = Buffer.from(bytes).toString();
    const leaf = parseLeaf(entry);
    if (leaf?.kind !== 'segment' || leaf.key !== place.segment || leaf.sha256 !== sha256)
      throw new ApiError(
        'log_unavailable',
        `entry ${index} is not of the stored ${place.segment}; run verify`,
      );
    const hashes = await reader.inclusionProof(index);
    return { leaf: entry, tlog_proof: formatTlogProof({ index, hashes, checkpoint: note }) };
  }

  return {
    async prove(id, place, named) {
      const { prover, sha256 } = await proverOf(place);
      const { leaf, tlog_proof } = await inLog(place, sha256).catch(asProblem);
      const proof = prover.prove(place.offset, { leaf, named });
      if (!proof)
        throw new ApiError('segment_unavailable', `${place.segment} does not hold the record; run verify`);
      return { id, ...proof, tlog_proof };
    },
  };
}

/** Damage is told by its place, which names nobody. */
export function asProblem(error: unknown): never {
  const isOfLog = error instanceof TlogError || error instanceof LedgerError || error instanceof ObjectsError;
  if (isOfLog) throw new ApiError('log_unavailable', `${error.message}; run verify`);
  throw error;
}

const fromOf = (segment: string) => Number(/(\d+)\.jsonl\.zst$/.exec(segment)?.[1]);
