// SPDX-License-Identifier: Apache-2.0
// The story of an extract, from the log's checkpoint to the file. Nothing of it comes from the database: segments,
// indexes, policies and log, each held against the log before use. The same request at the same checkpoint gives the
// same bytes.
import { mkdtemp, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  describeSegment,
  indexKey,
  type Ledger,
  LedgerError,
  openIndex,
  type Segment,
  type SegmentIndex,
} from '@ashiato/ledger';
import type { PolicyBundle } from '@ashiato/policy';
import { readBundle } from '@ashiato/policy/trail';
import { Malformed, TlogError, toHex } from '@ashiato/tlog';
import { checkPolicy, parsePolicy } from '@ashiato/tlog/proof';
import { createTileReader, type TileReader } from '@ashiato/tlog/tiles';
import { csvHead } from '../render/csv-row.ts';
import { createReading, type Reading } from '../render/reading.ts';
import { README, readmeText } from '../render/readme-text.ts';
import { type Coverage, createCoverage, LOG, type Touched } from '../verify/coverage.ts';
import type { ExtractRequest } from '../verify/extract-request.ts';
import { Stop } from '../verify/fault.ts';
import { EXTRACT_FORMAT, formatManifest, MANIFEST, type Manifest } from '../verify/manifest.ts';
import {
  CHECKPOINT,
  COMPLETENESS,
  LOG_POLICY,
  memberNames,
  PAGE,
  policyName,
  RECORDS,
  SEGMENTS,
  summaryName,
  TABLE,
} from '../verify/members.ts';
import { selectionOf } from '../verify/selection.ts';
import { policiesIn } from '../verify/verify-extract.ts';
import { ExtractError } from './errors.ts';
import { type ExtractAsk, requestOf } from './extract-ask.ts';
import { createMemberFile, type MemberFile, type PackedMember } from './member-file.ts';
import { pickRecords } from './pick-records.ts';
import { writeZip } from './zip-file.ts';

export interface ExtractDeps {
  ledger: Pick<Ledger, 'read'>;
  /** The trail's objects: indexes, policies and the log's tiles. */
  objects: { get(key: string): Promise<{ bytes: Uint8Array } | undefined> };
  log: {
    /** A signed checkpoint of the log; its tiles lie under `tile/` in `objects`. */
    checkpoint: string;
    /** C2SP tlog-policy that accepts it: comes along for comparison. */
    policy: string;
  };
  /** `verify.html`, as `buildVerifyPage` makes it. */
  page: Uint8Array;
  /** Segments done, of how many. */
  onProgress?: (done: number, total: number) => void;
}

/**
 * Writes the extract to `path`: durable when it resolves, and nothing there when it rejects. Needs room for it twice,
 * beside it. Memory: a few segments. @throws ExtractError
 */
export async function createExtract(ask: ExtractAsk, path: string, deps: ExtractDeps): Promise<Manifest> {
  const folder = await mkdtemp(join(dirname(path), '.extract-'));
  try {
    return await writeExtract(ask, path, folder, deps);
  } catch (cause) {
    if (cause instanceof LedgerError) throw new ExtractError('EVIDENCE', cause.message, { cause });
    // A chain that does not continue is no fault of who asks.
    if (cause instanceof Stop) throw new ExtractError('LOG', cause.message, { cause });
    if (cause instanceof TlogError) throw new ExtractError('LOG', cause.message, { cause });
    throw cause;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function writeExtract(
  ask: ExtractAsk,
  path: string,
  folder: string,
  deps: ExtractDeps,
): Promise<Manifest> {
  const members = new Map<string, PackedMember>();
  const openMember = (name: string, method?: 0) =>
    createMemberFile(join(folder, name.replaceAll('/', '-')), name, method);
  const put = async (name: string, content: string | Uint8Array, method?: 0) => {
    const member = await openMember(name, method);
    member.write(content);
    members.set(name, await member.end());
  };

  const head = openHead(deps);
  const { request, coverage, touched } = await readLog(ask, head, await openMember(LOG), deps, members);
  const bundles = await readBundles(policiesIn(touched), deps);
  for (const [sha256, { text }] of bundles) await put(policyName(sha256), text);
  const reading = createReading(
    request,
    [...bundles.values()].map(({ bundle }) => bundle),
  );
  const files = {
    proofs: await openMember(SEGMENTS),
    records: await openMember(RECORDS),
    table: await openMember(TABLE),
  };
  const counted = await writeRecords(request, touched, reading, files, deps);
  for (const file of Object.values(files)) {
    const packed = await file.end();
    members.set(packed.facts.name, packed);
  }
  const checkpoint = { origin: head.origin, size: head.size, root: toHex(head.root) };
  const facts = {
    complete: selectionOf(request).by === 'word' ? ('stated' as const) : ('proven' as const),
    complete_until: coverage.until()!,
    checkpoint,
    counts: { ...counted, matching: reading.matching },
    partitions: coverage.partitions(),
  };
  await put(README, readmeText());
  await put(CHECKPOINT, deps.log.checkpoint);
  await put(LOG_POLICY, deps.log.policy);
  for (const language of ['ja', 'en'] as const) {
    await put(summaryName(language), reading.summary(language, facts));
  }
  await put(COMPLETENESS, coverage.statement(checkpoint));
  await put(PAGE, deps.page);
  const names = memberNames([...bundles.keys()]);
  const { partitions: _, ...stated } = facts;
  const manifest: Manifest = {
    format: EXTRACT_FORMAT,
    request,
    ...stated,
    policies: [...bundles.keys()],
    members: names.map(name => members.get(name)!.facts),
  };
  await put(MANIFEST, formatManifest(manifest), 0);
  await writeZip(
    path,
    [...names, MANIFEST].map(name => members.get(name)!),
  );
  return manifest;
}

function openHead({ log }: ExtractDeps) {
  const policy = parsePolicy(log.policy);
  if (policy instanceof Malformed) throw new ExtractError('LOG', policy.message);
  const verdict = checkPolicy(policy, log.checkpoint);
  if (verdict.outcome === 'accepted') return verdict.checkpoint;
  const expected = "expected a checkpoint that the log's own policy accepts";
  throw new ExtractError('LOG', `${expected}, got ${verdict.outcome}`);
}

/**
 * Copies the log and follows its chains. The period ends no later than the log reaches in every partition: beyond, nothing
 * is proven. Then it is followed again, since another period has other segments.
 */
async function readLog(
  ask: ExtractAsk,
  head: ReturnType<typeof openHead>,
  file: MemberFile,
  { objects }: ExtractDeps,
  members: Map<string, PackedMember>,
): Promise<Followed> {
  const source = { read: async (path: string) => (await objects.get(path))?.bytes };
  const reader = createTileReader(source, head);
  const asked = requestOf(ask);
  const followed = await followLog(reader, asked, entry => {
    file.write(`${entry}\n`);
    return file.flush();
  });
  members.set(LOG, await file.end());
  const until = followed.coverage.until();
  if (until !== undefined && until >= asked.to) return followed;
  if (until !== undefined && until > asked.from)
    return followLog(reader, requestOf({ ...ask, to: until }), async () => {});
  const reach = until ?? 'no segment of this stream';
  throw new ExtractError('NOT_REACHED', `the log reaches ${reach}; ask again once it has gone on`);
}

interface Followed {
  request: ExtractRequest;
  coverage: Coverage;
  touched: Touched[];
}

async function followLog(
  reader: TileReader,
  request: ExtractRequest,
  onEntry: (entry: string) => Promise<void>,
): Promise<Followed> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const coverage = createCoverage(request);
  const touched: Touched[] = [];
  for await (const bytes of reader.entries(0, reader.head.size)) {
    const entry = decoder.decode(bytes);
    const segment = coverage.add(entry);
    if (segment) touched.push(segment);
    await onEntry(entry);
  }
  return { request, coverage, touched };
}

async function readBundles(
  hashes: readonly string[],
  { objects }: ExtractDeps,
): Promise<Map<string, { bundle: PolicyBundle; text: string }>> {
  const bundles = new Map<string, { bundle: PolicyBundle; text: string }>();
  for (const sha256 of hashes) {
    const stored = await objects.get(`policies/${sha256}.json`);
    if (!stored)
      throw new ExtractError('EVIDENCE', `policies/${sha256}.json judged records and is not stored`);
    const text = Buffer.from(stored.bytes).toString('utf8');
    bundles.set(sha256, { bundle: readBundle(text, sha256), text });
  }
  return bundles;
}

async function writeRecords(
  request: ExtractRequest,
  touched: readonly Touched[],
  reading: Reading,
  files: { proofs: MemberFile; records: MemberFile; table: MemberFile },
  deps: ExtractDeps,
) {
  const selection = selectionOf(request);
  const counts = { segments: 0, records: 0, shown: 0, unattributed: 0, withheld: 0, hidden: 0 };
  const flush = async () => {
    for (const file of Object.values(files)) await file.flush();
  };
  files.table.write(csvHead());
  for (const one of touched) {
    const { leaf } = one;
    const asksIndex = selection.by === 'index' || selection.by === 'whole_index';
    const { proof, shown, unattributed } = await pickRecords(one, {
      request,
      selection,
      index: asksIndex ? await readIndex(one, deps) : undefined,
      readSegment: () => readSegment(one, deps),
      onRecord(line, record) {
        files.records.write(`${line}\n`);
        const row = reading.add(record);
        if (row !== '') files.table.write(row);
      },
      async onTurn() {
        await flush();
        await nextTurn();
      },
    });
    files.proofs.write(`${JSON.stringify(proof)}\n`);
    await flush();
    counts.segments++;
    counts.records += leaf.records;
    counts.shown += shown;
    counts.unattributed += unattributed;
    counts.withheld += proof.withheld;
    counts.hidden += leaf.records - shown;
    deps.onProgress?.(counts.segments, touched.length);
  }
  return counts;
}

async function readSegment({ leaf }: Touched, { ledger }: ExtractDeps): Promise<Segment> {
  const segment = await ledger.read(leaf.stream, leaf.partition, leaf.from);
  if (segment?.sha256 === leaf.sha256) return segment;
  const found = segment ? `found ${segment.sha256}` : 'there is none';
  throw new ExtractError('EVIDENCE', `${leaf.key}: expected the segment ${leaf.sha256} of the log, ${found}`);
}

/** As stored; made again from the segment where it is not stored. */
async function readIndex(one: Touched, deps: ExtractDeps): Promise<SegmentIndex> {
  const { stream, partition, from } = one.leaf;
  const stored = await deps.objects.get(indexKey(stream, partition, from));
  return stored
    ? openIndex(stored.bytes, one.leaf)
    : (await describeSegment(await readSegment(one, deps))).index;
}
