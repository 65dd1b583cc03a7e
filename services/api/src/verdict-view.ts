// SPDX-License-Identifier: Apache-2.0
import type { CommittedFinding, RecordView, VerdictView } from '@ashiato/schema';
import type { Reports } from '@ashiato/warehouse';
import type { ApiDeps } from './api-deps.ts';

export type StoredRecord = Awaited<ReturnType<Reports['records']>>['items'][number];

/** A stored record with the sentences of its policy bundle. */
export function recordViewOf(record: StoredRecord, sentences: ApiDeps['sentences']): RecordView {
  return { ...record, verdict: record.verdict && verdictViewOf(record.verdict, sentences) };
}

function verdictViewOf(
  verdict: NonNullable<StoredRecord['verdict']>,
  sentences: ApiDeps['sentences'],
): VerdictView {
  const sha256 = verdict.policy?.sha256 ?? '';
  return { ...verdict, findings: verdict.findings.map(finding => spoken(finding, sha256, sentences)) };
}

/** A finding of a bundle that is not loaded here speaks by its code: what was judged stays to be seen. */
function spoken(finding: CommittedFinding, sha256: string, sentences: ApiDeps['sentences']) {
  const { ja, en } = sentences(sha256, finding) ?? { ja: finding.code, en: finding.code };
  return { ...finding, ja, en };
}
