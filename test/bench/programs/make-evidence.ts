// SPDX-License-Identifier: Apache-2.0
// A trail in `<dir>/objects` with as many records as asked, judged by the policy that comes along, logged and signed.
import { createLedger, delivered, digestOf, type RecordDraft } from '@ashiato/ledger';
import { createLog, gatherEntries } from '@ashiato/ledger/log';
import { openObjectStore } from '@ashiato/objects';
import { bundleText, compile } from '@ashiato/policy';
import { loadPolicies, shippedPolicy } from '@ashiato/policy/load';
import { judgeEvent } from '@ashiato/policy/trail';
import { decode } from '@ashiato/schema';
import { fromHex } from '@ashiato/tlog';
import { createSigner, formatCheckpoint, formatNote, formatVkey, signText } from '@ashiato/tlog/note';
import { PARTITIONS, walkEvent } from '../walk-events.ts';

/** As many as the recorder puts into a segment at most. */
const SEGMENT_RECORDS = 50_000;
const SINCE = Date.parse('2026-06-01T00:00:00Z');

const [dir = '.', count = '1000000'] = process.argv.slice(2);
const objects = openObjectStore(`file:${dir}/objects`, {});
const ledger = createLedger({ objects });
const judge = compile(await loadPolicies(shippedPolicy()));
for (const bundle of judge.bundles)
  await objects.create(`policies/${bundle.sha256}.json`, Buffer.from(bundleText(bundle)));
const tip = await ledger.takeOver('access', 0);
while (tip.next < Number(count)) {
  const from = tip.next;
  const length = Math.min(SEGMENT_RECORDS, Number(count) - from);
  const records = Array.from({ length }, (_, i) => draftOf(from + i));
  const policies = judge.bundles.map(({ id, version, sha256, source_sha256 }) => ({
    id,
    version,
    sha256,
    source_sha256,
  }));
  const about = { gaps: [], policies, sources: tip.sources.takeTouched(), clusterId: null, keys: new Map() };
  await ledger.commit(tip, {
    records,
    ...about,
    createdAt: new Date(SINCE),
    recorder: 'bench',
    evaluator: 'bench',
  });
}
const vkey = await notarise();
await objects.close();
process.stdout.write(JSON.stringify({ vkey }));

function draftOf(offset: number): RecordDraft {
  const decoded = decode(
    'access',
    walkEvent(offset % PARTITIONS, Math.floor(offset / PARTITIONS), SINCE).value,
  );
  if (decoded.kind === 'unreadable') throw new Error(`event ${offset} is ${decoded.problem}`);
  const { text, bytes, event } = decoded;
  const delivery = tip.sources.place(delivered(event, digestOf(text, new Set()), offset));
  const verdict = judgeEvent(decoded, judge).json;
  return { kind: 'event', offset, appendedAt: SINCE + offset + 1, verdict, delivery, text, bytes };
}

async function notarise(): Promise<string> {
  const signer = createSigner('log.example/bench', new Uint8Array(32).fill(7));
  const log = createLog({ objects });
  await log.claim(formatVkey(signer.key));
  let head = await log.head();
  for (let before = -1; before < head.size; ) {
    before = head.size;
    const from = head;
    head = await log.advance(from, async () => (await gatherEntries({ objects, ledger }, from)).entries);
  }
  const text = formatCheckpoint({ origin: signer.key.name, size: head.size, root: fromHex(head.root)! });
  await log.publish(head.size, formatNote({ text, signatures: [signText(text, signer)] }));
  return formatVkey(signer.key);
}
