// SPDX-License-Identifier: Apache-2.0
// For tests: every manipulation of the README's table, as files, with the fault that must be reported.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createSigner, formatNote, formatVkey, parseNote, signText } from '@ashiato/tlog/note';
import { buildVerifyPage, createExtract, type ExtractAsk } from './index.ts';
import { type Edits, repack } from './repack.testing.ts';
import { APPENDED_AT, eventText, openTestTrail, type TestTrail } from './trail.testing.ts';
import type { FaultCode } from './verify/fault.ts';
import type { SegmentProof } from './verify/segment-proof.ts';

export interface Manipulation {
  /** As the README's table names it. */
  name: string;
  /** The first fault that is reported; undefined for what must verify. */
  code: FaultCode | undefined;
  file: Uint8Array;
  key: string | undefined;
  previous?: Uint8Array;
}

const ORIGIN = 'log.example/trail';
const MONTH: Pick<ExtractAsk, 'from' | 'to'> = {
  from: '2026-06-01T00:00:00+09:00',
  to: '2026-06-30T00:00:00+09:00',
};

/** June: K-1 thrice, once outside the policy, and others; July follows. */
async function commitJune(trail: TestTrail, first = eventText('a-0')): Promise<void> {
  const other = (id: string, ref: string) => eventText(id, { subject: { ref } });
  await trail.commit([
    first,
    other('a-1', 'K-2'),
    eventText('a-2', { purpose: 'no_such_purpose' }),
    other('a-3', 'K-4'),
  ]);
  const nextDay = '2026-06-02T09:00:00+09:00';
  await trail.commit(
    [eventText('b-0', { subject: { ref: 'K-5' } }, nextDay), eventText('b-1', {}, nextDay)],
    {
      appendedAt: APPENDED_AT + 24 * 3_600_000,
    },
  );
}
const commitJuly = (trail: TestTrail, id = 'z-0') =>
  trail.commit([eventText(id, {}, '2026-07-01T00:00:00Z')], {
    appendedAt: Date.parse('2026-07-01T00:00:00Z'),
  });

async function extractOf(
  trail: TestTrail,
  log: Awaited<ReturnType<TestTrail['log']>>,
  ask: Partial<ExtractAsk> = {},
) {
  const path = join(trail.dir, 'made.zip');
  const page = await buildVerifyPage();
  await createExtract({ kind: 'records', ...MONTH, ...ask }, path, { ...trail, log, page });
  return readFile(path);
}

const lines = (change: (list: string[]) => string[]) => (text: string) =>
  `${change(text.trimEnd().split('\n')).join('\n')}\n`;
const proofs = (change: (list: SegmentProof[]) => SegmentProof[]) =>
  lines(list => change(list.map(line => JSON.parse(line) as SegmentProof)).map(one => JSON.stringify(one)));

/** The trails live as long as this runs; what is returned needs nothing of them. */
export async function makeManipulations(): Promise<{ all: Manipulation[]; good: Uint8Array; vkey: string }> {
  const trails: TestTrail[] = [];
  const trail = async (seed: number, origin = ORIGIN) => {
    const opened = await openTestTrail(origin, seed);
    trails.push(opened);
    return opened;
  };
  try {
    const ours = await trail(1);
    await commitJune(ours);
    const early = await ours.log();
    await commitJuly(ours);
    const log = await ours.log();
    const whole = await extractOf(ours, log);
    const person = await extractOf(ours, log, { filter: { subject: ['K-1'] } });
    await commitJuly(ours, 'z-1');
    const later = await extractOf(ours, await ours.log());
    const all: Manipulation[] = [];
    const add = (
      name: string,
      code: FaultCode | undefined,
      file: Uint8Array,
      more: Partial<Manipulation> = {},
    ) => all.push({ name, code, file, key: ours.vkey, ...more });
    const edit = async (
      name: string,
      code: FaultCode,
      base: Uint8Array,
      edits: Edits,
      more?: Partial<Manipulation>,
    ) => add(name, code, await repack(base, edits), more);
    const member = (name: string, change: (text: string) => string): Edits => ({
      members: { [name]: change },
    });

    add('nothing', undefined, whole);
    add('nothing, with an earlier extract', undefined, later, { previous: whole });
    add('no pinned key', 'unpinned', whole, { key: undefined });
    add('truncated ZIP', 'not_whole', whole.subarray(0, whole.length - 1000));
    add('byte flipped', 'member_altered', flipped(whole, Math.floor(whole.length / 2)));
    add('file put in', 'zip_altered', Buffer.concat([Buffer.from('more'), whole]));
    await edit(
      'record removed',
      'record_missing',
      whole,
      member(
        'records.jsonl',
        lines(list => list.toSpliced(1, 1)),
      ),
    );
    await edit('record left out of a filter', 'record_missing', person, {
      members: {
        'records.jsonl': lines(list => list.toSpliced(1, 1)),
        'proofs/segments.jsonl': proofs(([first, ...rest]) => [
          { ...first!, shown: [[0, 1]], hidden: [...first!.hidden, '0'.repeat(64)] },
          ...rest,
        ]),
      },
    });
    await edit('person left out of an index', 'index_refused', person, {
      members: {
        'records.jsonl': lines(list => list.slice(2)),
        'proofs/segments.jsonl': proofs(([first, ...rest]) => [
          {
            ...first!,
            shown: [],
            header: null,
            hidden: [],
            lookups: first!.lookups.map(() => ({ before: null, after: null })),
          },
          ...rest,
        ]),
      },
    });
    await edit(
      'record added',
      'record_unexpected',
      whole,
      member(
        'records.jsonl',
        lines(list => list.toSpliced(1, 0, list[0]!)),
      ),
    );
    await edit(
      'two records swapped',
      'record_unexpected',
      whole,
      member(
        'records.jsonl',
        lines(list => list.with(1, list[2]!).with(2, list[1]!)),
      ),
    );
    await edit(
      'record changed',
      'record_altered',
      whole,
      member('records.jsonl', text => text.replace('"ref":"K-2"', '"ref":"K-3"')),
    );
    await edit(
      'staff changed',
      'record_altered',
      whole,
      member('records.jsonl', text => text.replace('E-100', 'E-101')),
    );
    await edit(
      'verdict changed',
      'verdict_changed',
      whole,
      member('records.jsonl', text => text.replaceAll('violation', 'conforming')),
    );
    await edit('segment left out', 'segment_missing', whole, {
      members: {
        'records.jsonl': lines(list => list.slice(4)),
        'proofs/segments.jsonl': proofs(list => list.slice(1)),
      },
    });
    await edit(
      'log entry removed',
      'log_altered',
      whole,
      member(
        'proofs/log.jsonl',
        lines(list => list.slice(0, -1)),
      ),
    );
    const attacker = createSigner(ORIGIN, new Uint8Array(32).fill(9));
    const resigned = (note: string) => {
      const parsed = parseNote(note);
      if (parsed instanceof Error) throw parsed;
      return formatNote({ text: parsed.text, signatures: [signText(parsed.text, attacker)] });
    };
    await edit('log key replaced', 'log_key', whole, {
      members: { checkpoint: resigned, 'log-policy': () => `log ${formatVkey(attacker.key)}\nquorum none\n` },
    });
    await edit(
      'signature changed',
      'checkpoint_forged',
      whole,
      member('checkpoint', note => note.replace(/\n2\n|\n(\d)\n/, '\n9\n')),
    );
    const short = await repack(whole, {
      members: { checkpoint: () => early.checkpoint, 'proofs/log.jsonl': lines(list => list.slice(0, -1)) },
      manifest: one => ({ ...one, checkpoint: { ...one.checkpoint, ...headOf(early.checkpoint) } }),
    });
    add('older checkpoint', 'beyond_frontier', short);
    add('older checkpoint than an earlier extract', 'older_checkpoint', whole, { previous: later });
    const forked = await trail(1);
    await commitJune(forked, eventText('another'));
    await commitJuly(forked);
    await commitJuly(forked, 'z-1');
    add('history rewritten', 'history_changed', await extractOf(forked, await forked.log()), {
      previous: whole,
    });
    const theirs = await trail(2, 'log.other-company.example');
    await commitJune(theirs);
    await commitJuly(theirs);
    add('another company’s proof', 'log_key', await extractOf(theirs, await theirs.log()));
    await edit(
      'policy replaced',
      'policy_altered',
      whole,
      member(`policy/${ours.judge.bundles[0]!.sha256}.json`, text => text.replace('astmax', 'axtmas')),
    );
    await edit(
      'row of the table changed',
      'derived_altered',
      whole,
      member('records.csv', text => text.replace('K-2', 'K-3')),
    );
    await edit(
      'summary changed',
      'derived_altered',
      whole,
      member('summary.ja.html', text => text.replace('>6<', '>5<')),
    );
    await edit('count changed', 'counts_wrong', whole, {
      manifest: one => ({ ...one, counts: { ...one.counts, matching: one.counts.matching - 1 } }),
    });
    await edit('filter changed', 'index_refused', person, {
      manifest: one => ({ ...one, request: { ...one.request, filter: { subject: ['K-2'] } } }),
    });
    await edit('period changed', 'segment_unexpected', whole, {
      manifest: one => ({ ...one, request: { ...one.request, from: '2026-06-01T12:00:00.000Z' } }),
    });
    await edit('withheld without a ground', 'record_missing', person, {
      members: {
        'records.jsonl': lines(list => list.toSpliced(1, 1)),
        'proofs/segments.jsonl': proofs(([first, ...rest]) => [
          { ...first!, shown: [[0, 1]], withheld: 1 },
          ...rest,
        ]),
      },
    });
    await edit('file that the manifest names removed', 'member_missing', whole, {
      manifest: one => ({ ...one, members: one.members.filter(({ name }) => name !== 'completeness.json') }),
    });
    return { all, good: whole, vkey: ours.vkey };
  } finally {
    for (const one of trails) await one.close();
  }
}

export function flipped(bytes: Uint8Array, at: number, mask = 0x01): Buffer {
  const changed = Buffer.from(bytes);
  changed[at]! ^= mask;
  return changed;
}

function headOf(note: string): { size: number; root: string } {
  const [, size, root] = note.split('\n');
  return { size: Number(size), root: Buffer.from(root!, 'base64').toString('hex') };
}
