// SPDX-License-Identifier: Apache-2.0
// What people read of an extract, made from the shown records alone: rows of the table, counts, pages. Whoever builds
// an extract and whoever verifies it run the same code and must come to the same bytes.
import type { PolicyBundle } from '@ashiato/policy';
import type { PartitionCoverage } from '../verify/coverage.ts';
import type { ExtractRequest } from '../verify/extract-request.ts';
import type { Manifest } from '../verify/manifest.ts';
import type { ShownRecord } from '../verify/record-line.ts';
import { matches, selectionOf } from '../verify/selection.ts';
import { csvRow } from './csv-row.ts';
import { KIND_FORMS } from './kind-forms.ts';
import { partsOf } from './record-parts.ts';
import { summaryOf } from './summary.ts';
import { createTally } from './tally.ts';
import { createWords, type Language } from './words.ts';

export type SummaryFacts = Pick<Manifest, 'complete' | 'complete_until' | 'checkpoint' | 'counts'> & {
  partitions: readonly PartitionCoverage[];
};

export interface Reading {
  /** The record's row of records.csv; empty when it is not one of those asked for. */
  add(record: ShownRecord): string;
  readonly matching: number;
  summary(language: Language, facts: SummaryFacts): string;
}

export function createReading(request: ExtractRequest, bundles: readonly PolicyBundle[]): Reading {
  const words = createWords(bundles);
  const part = KIND_FORMS[request.kind].create?.(words, request);
  const isByIndex = selectionOf(request).by === 'index';
  const counts = {
    purpose: createTally(),
    operation: createTally(),
    recipient: createTally(),
    verdict: createTally(),
  };
  let matching = 0;
  return {
    get matching() {
      return matching;
    },
    add(record) {
      if (!matches(record, request, isByIndex)) return '';
      matching++;
      const { purpose, operation, recipient } = partsOf(record);
      counts.purpose.add(purpose);
      counts.operation.add(operation);
      counts.recipient.add(recipient);
      counts.verdict.add(record.verdict ?? '');
      part?.add(record);
      return csvRow(record);
    },
    summary: (language, facts) => summaryOf(language, { request, words, facts, counts, part }),
  };
}
