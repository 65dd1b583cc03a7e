// SPDX-License-Identifier: Apache-2.0
// The story of a verification, from the file to the last count. No I/O of its own, no clock: bytes come from a
// source, keys from whoever verifies.
import type { PolicyBundle } from '@ashiato/policy';
import { readBundle } from '@ashiato/policy/trail';
import { createTree, leafHash, toHex } from '@ashiato/tlog';
import type { Accepted } from '@ashiato/tlog/proof';
import { createSha256 } from '#sha256';
import { csvHead } from '../render/csv-row.ts';
import { createReading } from '../render/reading.ts';
import { README, readmeText } from '../render/readme-text.ts';
import { acceptedCheckpoint, policiesOf, type Trust } from './checkpoint-trust.ts';
import { type Coverage, createCoverage, LOG, type Touched } from './coverage.ts';
import { type Fault, Stop } from './fault.ts';
import { linesOf } from './json-lines.ts';
import { type ExtractCounts, MANIFEST, type Manifest } from './manifest.ts';
import {
  CHECKPOINT,
  COMPLETENESS,
  LOG_POLICY,
  type OpenExtract,
  openExtract,
  policyName,
  RECORDS,
  SEGMENTS,
  summaryName,
  TABLE,
} from './members.ts';
import { createRejudge } from './rejudge.ts';
import { parseSegmentProof } from './segment-proof.ts';
import { selectionOf } from './selection.ts';
import { verifyShown } from './verify-shown.ts';
import type { ByteSource } from './zip-reader.ts';

export interface VerifyOptions extends Trust {
  /** An earlier extract of the same log. */
  previous?: ByteSource;
  onProgress?: (step: 'hashes' | 'log' | 'records', done: number, total: number) => void;
}

export interface Verification {
  /** Nothing is wrong, and the log's key came from elsewhere. */
  ok: boolean;
  faults: Fault[];
  /** Null where it could not be read. */
  manifest: Manifest | null;
  /** The log's name, and the witnesses that cosigned with their times (seconds since 1970); null before that step. */
  log: { name: string; pinned: boolean; witnessed: { name: string; time: number }[] } | null;
}

const MOST_VERDICTS_NAMED = 100;
const encoder = new TextEncoder();

/** Rejects only when the source does. Untrusted: `source` and `options.previous`. */
export async function verifyExtract(source: ByteSource, options: VerifyOptions = {}): Promise<Verification> {
  const result: Verification = { ok: false, faults: [], manifest: null, log: null };
  try {
    const extract = await openExtract(source);
    result.manifest = extract.manifest;
    let hashed = 0;
    result.faults = await extract.damaged(count => {
      hashed += count;
      options.onProgress?.('hashes', hashed, source.size);
    });
    if (result.faults.length > 0) return result;
    const pinned = policiesOf(options);
    const policies = pinned.length > 0 ? pinned : policiesOf({ policy: await extract.text(LOG_POLICY) });
    const accepted = acceptedCheckpoint(await extract.text(CHECKPOINT), policies);
    const witnessed = accepted.witnessed.map(({ witness, time }) => ({ name: witness.name, time }));
    result.log = { name: accepted.log.name, pinned: pinned.length > 0, witnessed };
    await verifyEvidence(extract, accepted, policies, options, result.faults);
    if (pinned.length === 0)
      result.faults.push({ code: 'unpinned', place: CHECKPOINT, detail: `signed by ${accepted.log.name}` });
  } catch (fault) {
    if (!(fault instanceof Stop)) throw fault;
    result.faults.push(fault.fault);
  }
  result.ok = result.faults.length === 0;
  return result;
}

async function verifyEvidence(
  extract: OpenExtract,
  { checkpoint }: Accepted,
  policies: Parameters<typeof acceptedCheckpoint>[1],
  options: VerifyOptions,
  faults: Fault[],
): Promise<void> {
  const { manifest } = extract;
  const head = { origin: checkpoint.origin, size: checkpoint.size, root: toHex(checkpoint.root) };
  if (JSON.stringify(manifest.checkpoint) !== JSON.stringify(head))
    throw new Stop('derived_altered', MANIFEST, 'it names another checkpoint');
  const earlier = options.previous && (await earlierHead(options.previous, policies));
  if (earlier && earlier.size > head.size)
    throw new Stop(
      'older_checkpoint',
      CHECKPOINT,
      `${head.size} entries, the earlier extract has ${earlier.size}`,
    );
  const coverage = createCoverage(manifest.request);
  const touched = await verifyLog(extract, coverage, head, earlier, options);
  const until = coverage.until();
  if (until === undefined || until < manifest.request.to)
    throw new Stop(
      'beyond_frontier',
      LOG,
      `it reaches ${until ?? 'nowhere'}, the period ends ${manifest.request.to}`,
    );
  const bundles = await readPolicies(extract, touched);
  const { counts, reading, table } = await verifySegments(extract, touched, bundles, options, faults);
  checkManifest(manifest, counts, until);
  const facts = { ...manifest, partitions: coverage.partitions() };
  const derived: [string, string][] = [
    [README, readmeText()],
    [COMPLETENESS, coverage.statement(head)],
    [summaryName('ja'), reading.summary('ja', facts)],
    [summaryName('en'), reading.summary('en', facts)],
  ];
  for (const [name, text] of derived) {
    if ((await extract.text(name)) !== text)
      throw new Stop('derived_altered', name, 'it is not what follows from the evidence');
  }
  if (manifest.members.find(({ name }) => name === TABLE)?.sha256 !== table)
    throw new Stop('derived_altered', TABLE, 'its rows are not those of the records shown');
}

async function earlierHead(previous: ByteSource, policies: Parameters<typeof acceptedCheckpoint>[1]) {
  try {
    const extract = await openExtract(previous);
    const [damaged] = (await extract.damaged(() => {})).filter(({ place }) => place === CHECKPOINT);
    if (damaged) throw new Stop(damaged.code, damaged.place, damaged.detail);
    const { checkpoint } = acceptedCheckpoint(await extract.text(CHECKPOINT), policies);
    return { size: checkpoint.size, root: toHex(checkpoint.root) };
  } catch (fault) {
    if (!(fault instanceof Stop)) throw fault;
    throw new Stop('previous_unusable', `previous ${fault.fault.place}`, fault.fault.detail);
  }
}

/** Every entry of the log, so that its root, any earlier root and the chains all follow from what is enclosed. */
async function verifyLog(
  extract: OpenExtract,
  coverage: Coverage,
  head: { size: number; root: string },
  earlier: { size: number; root: string } | undefined,
  { onProgress }: VerifyOptions,
): Promise<Touched[]> {
  const tree = createTree();
  const touched: Touched[] = [];
  const checkEarlier = () => {
    if (tree.size === earlier?.size && toHex(tree.root()) !== earlier.root)
      throw new Stop(
        'history_changed',
        LOG,
        `its first ${earlier.size} entries are not those of the earlier extract`,
      );
  };
  checkEarlier();
  let fault: unknown;
  for await (const line of linesOf(extract.stream(LOG), LOG)) {
    tree.append(leafHash(encoder.encode(line)));
    checkEarlier();
    if (tree.size % 1000 === 0) onProgress?.('log', tree.size, head.size);
    try {
      const segment = fault === undefined ? coverage.add(line) : undefined;
      if (segment) touched.push(segment);
    } catch (stop) {
      fault = stop; // the root says whether the log's own keeper wrote that, or somebody changed it
    }
  }
  if (tree.size !== head.size || toHex(tree.root()) !== head.root)
    throw new Stop('log_altered', LOG, `${tree.size} entries do not hash to the root of ${head.size}`);
  if (fault !== undefined) throw fault;
  return touched;
}

/** The bundles that judged in the segments of the period. */
async function readPolicies(extract: OpenExtract, touched: readonly Touched[]): Promise<PolicyBundle[]> {
  const needed = policiesIn(touched);
  const { policies } = extract.manifest;
  const missing = needed.find(sha256 => !policies.includes(sha256));
  if (missing !== undefined)
    throw new Stop('policy_missing', policyName(missing), 'it judged records of the period');
  const surplus = policies.find(sha256 => !needed.includes(sha256));
  if (surplus !== undefined) throw new Stop('member_unlisted', policyName(surplus), 'it judged nothing here');
  const bundles: PolicyBundle[] = [];
  for (const sha256 of policies) {
    try {
      bundles.push(readBundle(await extract.text(policyName(sha256)), sha256));
    } catch (cause) {
      if (cause instanceof Stop) throw cause;
      throw new Stop('policy_altered', policyName(sha256), 'its content has another hash');
    }
  }
  return bundles;
}

/** Hashes of the bundles, in their order. */
export const policiesIn = (touched: readonly Touched[]): string[] =>
  [...new Set(touched.flatMap(({ leaf }) => leaf.policies))].sort();

async function verifySegments(
  extract: OpenExtract,
  touched: readonly Touched[],
  bundles: readonly PolicyBundle[],
  { onProgress }: VerifyOptions,
  faults: Fault[],
) {
  const { request } = extract.manifest;
  const selection = selectionOf(request);
  const reading = createReading(request, bundles);
  const rejudge = createRejudge(bundles);
  const table = createSha256();
  table.update(encoder.encode(csvHead()));
  const counts = { segments: 0, records: 0, shown: 0, unattributed: 0, withheld: 0, hidden: 0 };
  const proofs = linesOf(extract.stream(SEGMENTS), SEGMENTS);
  const lines = linesOf(extract.stream(RECORDS), RECORDS);
  const deps = {
    request,
    selection,
    nextRecord: async () => ((await lines.next()).value ?? undefined) as string | undefined,
    onRecord(record: Parameters<typeof reading.add>[0]) {
      const row = reading.add(record);
      if (row !== '') table.update(encoder.encode(row));
      const fault = faults.length < MOST_VERDICTS_NAMED ? rejudge(record) : undefined;
      if (fault) faults.push(fault);
    },
  };
  for (const segment of touched) {
    const { leaf, logIndex } = segment;
    const text = (await proofs.next()).value as string | undefined;
    if (text === undefined) throw new Stop('segment_missing', leaf.key, 'the proofs end before it');
    const proof = parseSegmentProof(text);
    if (!proof) throw new Stop('member_malformed', SEGMENTS, `line ${counts.segments + 1}`);
    if (proof.log_index > logIndex)
      throw new Stop('segment_missing', leaf.key, `expected entry ${logIndex}, found ${proof.log_index}`);
    if (proof.log_index !== logIndex || proof.key !== leaf.key)
      throw new Stop('segment_unexpected', proof.key, `expected ${leaf.key}`);
    const { shown, unattributed } = await verifyShown(segment, proof, deps);
    counts.segments++;
    counts.records += leaf.records;
    counts.shown += shown;
    counts.unattributed += unattributed;
    counts.withheld += proof.withheld;
    counts.hidden += leaf.records - shown;
    onProgress?.('records', counts.segments, touched.length);
  }
  if (!(await proofs.next()).done) throw new Stop('segment_unexpected', SEGMENTS, 'more than the period has');
  if (!(await lines.next()).done)
    throw new Stop('record_unexpected', RECORDS, 'more than the proofs account for');
  return { counts: { ...counts, matching: reading.matching }, reading, table: table.hex() };
}

function checkManifest(manifest: Manifest, counts: ExtractCounts, until: string): void {
  for (const name of Object.keys(manifest.counts) as (keyof ExtractCounts)[]) {
    if (manifest.counts[name] !== counts[name])
      throw new Stop(
        'counts_wrong',
        MANIFEST,
        `${name}: it states ${manifest.counts[name]}, counted ${counts[name]}`,
      );
  }
  const complete = selectionOf(manifest.request).by === 'word' ? 'stated' : 'proven';
  if (manifest.complete !== complete || manifest.complete_until !== until)
    throw new Stop('counts_wrong', MANIFEST, `expected completeness ${complete} until ${until}`);
}
