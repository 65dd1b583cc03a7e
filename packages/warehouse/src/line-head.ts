// SPDX-License-Identifier: Apache-2.0
// What stands before the event in a committed line. Verdicts repeat by the thousand, so their text is parsed
// once: this halves the work of reading a segment.
import type {
  CommittedDelivery,
  CommittedVerdict,
  EncryptedMember,
  EventLine,
  Mark,
  SegmentHeader,
} from '@ashiato/schema';

/** Everything of a line but its place, its salt and its event, with what the columns make of the verdict. */
export interface LineJudgement {
  verdict: CommittedVerdict | null;
  delivery: CommittedDelivery | undefined;
  marks: readonly Mark[];
  encrypted: readonly EncryptedMember[];
  /** Of all findings, each once. */
  clauses: readonly string[];
  finding_codes: readonly string[];
  /** JSON of the committed findings; empty = not judged. */
  findings: string;
  policy_source_sha256: string;
}

export interface LineHead {
  offset: number;
  appended_at: number;
  judgement: LineJudgement;
}

/** `head` is a line up to the comma before its event. */
export type ReadHead = (head: string) => LineHead;

/** As the ledger writes every event line: place and salt first. */
const PLACE = /^\{"offset":(\d+),"appended_at":(\d+),"salt":"[0-9a-f]{32}",/;
/** Distinct texts kept; with more of them the texts hardly repeat and keeping them gains nothing. */
const MOST_TEXTS = 5_000;

/** A reader for the lines of one segment. */
export function createReadHead(header: SegmentHeader): ReadHead {
  const known = new Map<string, LineJudgement>();
  return head => {
    const place = PLACE.exec(head);
    if (!place) {
      const line = JSON.parse(`${head}}`) as EventLine;
      return { offset: line.offset, appended_at: line.appended_at, judgement: judgementOf(line, header) };
    }
    const text = head.slice(place[0].length);
    let judgement = known.get(text);
    if (!judgement) {
      judgement = judgementOf(JSON.parse(`{${text}}`) as EventLine, header);
      if (known.size >= MOST_TEXTS) known.clear();
      known.set(text, judgement);
    }
    return { offset: Number(place[1]), appended_at: Number(place[2]), judgement };
  };
}

export function judgementOf(
  line: Pick<EventLine, 'verdict' | 'delivery' | 'marks' | 'encrypted'>,
  header: Pick<SegmentHeader, 'policies'>,
): LineJudgement {
  const { verdict, delivery, marks = [], encrypted = [] } = line;
  const findings = verdict?.findings ?? [];
  const bundle = header.policies.find(({ sha256 }) => sha256 === verdict?.policy?.sha256);
  return {
    verdict,
    delivery,
    marks,
    encrypted,
    clauses: [...new Set(findings.flatMap(({ clauses }) => clauses))],
    finding_codes: [...new Set(findings.map(({ code }) => code))],
    findings: verdict ? JSON.stringify(findings) : '',
    policy_source_sha256: bundle?.source_sha256 ?? '',
  };
}
