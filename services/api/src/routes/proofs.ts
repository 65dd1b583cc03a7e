// SPDX-License-Identifier: Apache-2.0
import { z } from 'zod';
import type { ApiDeps } from '../api-deps.ts';
import { ApiError } from '../problems.ts';
import { createRecordProofs, provenRecord } from '../record-proofs.ts';
import type { Route } from '../route.ts';
import { noteRead } from './records.ts';

export function proofRoutes(deps: ApiDeps): Route[] {
  const proofs = createRecordProofs(deps);
  return [
    {
      method: 'get',
      path: '/v1/records/{id}/proof',
      operationId: 'readRecordProof',
      summary: 'The proof of one record up to a published checkpoint; the read itself is recorded',
      action: 'record.proof.read',
      parameters: {
        named: {
          schema: z.stringbool({ truthy: ['true'], falsy: ['false'] }),
          expected: 'true or false (the default): whether the proof names the staff of the record',
        },
      },
      answer: provenRecord,
      problems: [
        'record_not_found',
        'record_not_logged',
        'segment_unavailable',
        'log_unavailable',
        'read_not_recorded',
        'query_over_limit',
        'warehouse_unavailable',
      ],
      async handle(asked) {
        const { id } = asked.request.params as { id: string };
        const record = await deps.reports.record(id);
        if (!record)
          throw new ApiError(
            'record_not_found',
            'expected <stream>.<partition>.<offset> of a projected record',
          );
        const proof = await proofs.prove(id, record, asked.values.named === true);
        const subjects = record.subject === '' ? [] : [record.subject];
        await noteRead(deps, asked, { operation: 'read_proof', filters: ['id'], subjects, records: 1 });
        return proof;
      },
    },
  ];
}
