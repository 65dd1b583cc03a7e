// SPDX-License-Identifier: Apache-2.0
// One row of `records` as reports hand it out: the view of DESIGN 9 with findings as committed, no sentences.
import { committedFinding, committedVerdict, recordView } from '@ashiato/schema';
import { z } from 'zod';

export const storedRecord = recordView.extend({
  verdict: committedVerdict
    .extend({
      policy: z
        .object({ id: z.string(), version: z.string(), sha256: z.string(), source_sha256: z.string() })
        .nullable(),
    })
    .nullable(),
});
export type StoredRecord = z.infer<typeof storedRecord>;

/** Columns to select for `row`. */
export const RECORD_SELECT = `id, stream, partition, offset, appended_at, time, type, event_id, source, source_epoch,
sequenced, sequence, actor, actor_type, org, role, subject, population, operation, form, fields, purpose,
parent_purpose, business, parent_business, channel, recipient, recipient_id, reference_kinds, reference_ids, outcome,
verdict, literal, strict, policy_id, policy_version, policy_sha256, policy_source_sha256, findings, delivery, counted,
marks, unreadable, segment`;

const columns = recordView.omit({ verdict: true, refs: true, sequence: true, counted: true }).extend({
  sequenced: z.number(),
  sequence: z.number(),
  counted: z.number(),
  reference_kinds: z.array(z.string()),
  reference_ids: z.array(z.string()),
  verdict: z.string(),
  literal: z.string(),
  strict: z.string(),
  policy_id: z.string(),
  policy_version: z.string(),
  policy_sha256: z.string(),
  policy_source_sha256: z.string(),
  findings: z.string(),
});

/** Reads one selected row. */
export const recordRow = columns.transform(row => {
  const {
    sequenced,
    sequence,
    counted,
    reference_kinds,
    reference_ids,
    verdict,
    literal,
    strict,
    policy_id,
    policy_version,
    policy_sha256,
    policy_source_sha256,
    findings,
    ...plain
  } = row;
  const policy = {
    id: policy_id,
    version: policy_version,
    sha256: policy_sha256,
    source_sha256: policy_source_sha256,
  };
  const judged = {
    outcome: verdict,
    literal,
    strict,
    policy: policy_sha256 === '' ? null : policy,
    findings: findings === '' ? [] : z.array(committedFinding).parse(JSON.parse(findings)),
  };
  return storedRecord.parse({
    ...plain,
    sequence: sequenced === 1 ? sequence : null,
    counted: counted === 1,
    refs: Object.fromEntries(reference_kinds.map((kind, i) => [kind, reference_ids[i] ?? ''])),
    verdict: verdict === '' ? null : judged,
  });
});
