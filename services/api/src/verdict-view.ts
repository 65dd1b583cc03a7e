// SPDX-License-Identifier: Apache-2.0
import type { CommittedFinding, RecordView, VerdictView } from '@ashiato/schema';
import type { Reports } from '@ashiato/warehouse';
import type { ApiDeps, Sentence } from './api-deps.ts';

export type StoredRecord = Awaited<ReturnType<Reports['records']>>['items'][number];

/** A stored record with the sentences of its policy bundle. */
export async function recordViewOf(
  record: StoredRecord,
  sentences: ApiDeps['sentences'],
): Promise<RecordView> {
  return { ...record, verdict: record.verdict && (await verdictViewOf(record.verdict, sentences)) };
}

async function verdictViewOf(
  verdict: NonNullable<StoredRecord['verdict']>,
  sentences: ApiDeps['sentences'],
): Promise<VerdictView> {
  const sentence = await sentences(verdict.policy?.sha256 ?? '');
  return { ...verdict, findings: verdict.findings.map(finding => spoken(finding, sentence)) };
}

/** A finding of a bundle that cannot be had speaks by its code: what was judged stays to be seen. */
function spoken(finding: CommittedFinding, sentence: Sentence) {
  const { ja, en } = sentence(finding) ?? { ja: finding.code, en: finding.code };
  return { ...finding, ja, en };
}
