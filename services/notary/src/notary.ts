// SPDX-License-Identifier: Apache-2.0
// The notary: segments -> entries of the log -> a committed head -> a signed checkpoint. All that it knows is in the
// objects: after any failure it reads the newest head again and goes on, which is the same code as its start.
import { setTimeout } from 'node:timers/promises';
import type { Ledger } from '@ashiato/ledger';
import { gatherEntries, type Log, type LogHead } from '@ashiato/ledger/log';
import type { ObjectStore } from '@ashiato/objects';
import { fromHex, verifyConsistency } from '@ashiato/tlog';
import {
  formatCheckpoint,
  formatNote,
  formatVkey,
  openCheckpoint,
  type Signer,
  signText,
} from '@ashiato/tlog/note';
import { createTileReader } from '@ashiato/tlog/tiles';
import type { NotaryMetrics } from './notary-metrics.ts';
import type { StampWhenDue } from './stamps.ts';
import type { Witnesses } from './witnesses.ts';

/** So long a batch is gathered at most, but for its first segment: a stop must not wait for a backlog. */
const BATCH_MS = 2000;

export interface NotaryDeps {
  log: Log;
  ledger: Ledger;
  objects: ObjectStore;
  signer: Signer;
  /** Absent: checkpoints are published with the log's signature alone. */
  witnesses: Witnesses | undefined;
  /** Absent: no time stamps. */
  stamp: StampWhenDue | undefined;
  intervalMs: number;
  metrics: NotaryMetrics;
  report: { info(about: object, text: string): void; warn(about: object, text: string): void };
}

export interface Notary {
  /**
   * Works until aborted; resolves when the step under way is done. Never rejects: what fails is reported and tried
   * again, since recording goes on without the log. A damaged log is signed no further until it is mended.
   */
  run(signal: AbortSignal): Promise<void>;
  /** Logs everything that is committed now, unless aborted meanwhile, and publishes its checkpoint. */
  round(signal?: AbortSignal): Promise<LogHead>;
  /** Whether the last round came to its end without a problem. */
  ready(): boolean;
}

export function createNotary(deps: NotaryDeps): Notary {
  const { log, signer, metrics, report } = deps;
  let head: LogHead | undefined;
  let isWell = false;
  const told = new Set<string>();

  async function round(signal?: AbortSignal): Promise<LogHead> {
    if (!head) await log.claim(formatVkey(signer.key));
    head ??= await log.head();
    let problems = 0;
    for (let before = -1; before < head.size && !signal?.aborted; ) {
      before = head.size;
      problems = 0;
      head = await log.advance(head, async () => {
        const began = performance.now();
        const enough = () => signal?.aborted === true || performance.now() - began > BATCH_MS;
        const gathered = await gatherEntries(deps, head!, enough);
        problems = gathered.problems.length;
        for (const { place, error } of gathered.problems)
          once(`${place}: ${error.message}`, text => report.warn({ place }, `not logged: ${text}`));
        return gathered.entries;
      });
    }
    metrics.size.set(head.size);
    metrics.heldPartitions.set(problems);
    const isPublished = await publish(head);
    await stamp();
    isWell = problems === 0 && isPublished;
    return head;
  }

  /** Signs the committed head, has it witnessed, keeps it. True when nothing of it is left to do. */
  async function publish(committed: LogHead): Promise<boolean> {
    const { size } = committed;
    const newest = await log.newestCheckpoint();
    metrics.published.set(newest?.size ?? 0);
    if (size === 0 || (newest && newest.size >= size)) return true;
    const root = fromHex(committed.root)!;
    const reader = createTileReader(log.tiles, { size, root });
    await assertContinues(newest, reader);
    const text = formatCheckpoint({ origin: signer.key.name, size, root });
    const signed = formatNote({ text, signatures: [signText(text, signer)] });
    const { note, refusals } = deps.witnesses
      ? await deps.witnesses.cosign({ note: signed, size }, old => reader.consistencyProof(old))
      : { note: signed, refusals: {} };
    for (const [witness, reason] of Object.entries(refusals)) {
      metrics.refusals.inc({ witness });
      once(`${witness} ${reason}`, () => report.warn({ witness, reason }, 'a witness did not cosign'));
    }
    if (note === undefined) return false;
    await log.publish(size, note);
    metrics.published.set(size);
    report.info({ size, witnesses: note.match(/^— /gm)!.length - 1 }, 'checkpoint published');
    return true;
  }

  /** Anchors what is published; the log goes on without. */
  async function stamp(): Promise<void> {
    const done = await deps.stamp?.();
    if (!done) return;
    if ('kept' in done) {
      metrics.lastStamp.set(done.kept.getTime() / 1000);
      return report.info({ time: done.kept.toISOString() }, 'checkpoint stamped');
    }
    metrics.stampFailures.inc();
    once(done.problem, problem => report.warn({ problem }, 'no time stamp; asking again later'));
  }

  /** The last thing before signing: a log must never sign two heads that disagree, whatever was done to its objects. */
  async function assertContinues(
    newest: { size: number; note: string } | undefined,
    reader: ReturnType<typeof createTileReader>,
  ): Promise<void> {
    if (!newest) return;
    const { name } = signer.key;
    const opened = openCheckpoint(newest.note, { origin: name, logs: [signer.key] });
    if (opened.outcome !== 'verified')
      throw new Error(
        `the newest checkpoint, of size ${newest.size}, is ${opened.outcome}; run "ashiato verify"`,
      );
    const { size, root } = opened.checkpoint;
    const { head: next } = reader;
    const proof = size <= next.size ? await reader.consistencyProof(size) : [];
    if (!verifyConsistency(size, root, next.size, next.root, proof))
      throw new Error(
        `the head of size ${next.size} does not continue the checkpoint of size ${size}; nothing is signed`,
      );
  }

  /** What stays wrong is told once, not at every look. */
  function once(text: string, tell: (text: string) => void): void {
    if (told.has(text)) return;
    if (told.size > 1000) told.clear();
    told.add(text);
    tell(text);
  }

  async function run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await round(signal);
        if (isWell) told.clear();
      } catch (error) {
        head = undefined;
        isWell = false;
        metrics.failures.inc();
        once(String(error), () => report.warn({ err: error }, 'the log does not go on; trying again'));
      }
      await setTimeout(deps.intervalMs, undefined, { signal }).catch(() => {}); // aborted: the loop ends
    }
  }

  return { run, round, ready: () => isWell };
}
