// SPDX-License-Identifier: Apache-2.0
// Legal extracts: asked for, followed, fetched. That one was asked for and that one was fetched are accesses, recorded
// before the answer. A regulator sees its own extracts, a subject its own statement, and nobody learns of others'.
import { ExtractError, extractAsk, requestOf } from '@ashiato/extract';
import { z } from 'zod';
import type { ApiDeps } from '../api-deps.ts';
import type { ExtractJob, ExtractJobs } from '../extract-jobs.ts';
import { extractJob } from '../extract-jobs.ts';
import { recordsParameters } from '../parameters.ts';
import { ApiError } from '../problems.ts';
import type { Asked, Route } from '../route.ts';
import { noteRead } from './records.ts';

const extractBody = extractAsk.extend({
  for: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._:/+=#~-]{0,127}$/)
    .optional()
    .describe('the regulator that may fetch it: the `who` of its token'),
});

export function extractRoutes(deps: ApiDeps): Route[] {
  const { extracts } = deps;
  return [ask(deps, extracts), follow(extracts), fetchFile(deps, extracts), statement(deps, extracts)];
}

const ask = (deps: ApiDeps, extracts: ExtractJobs): Route => ({
  method: 'post',
  path: '/v1/extracts',
  operationId: 'createExtract',
  summary: 'Asks for an extract; the same at the same checkpoint is the same extract',
  action: 'extracts.create',
  parameters: {},
  body: extractBody,
  answer: extractJob,
  status: 202,
  problems: ['invalid_body', 'extract_refused', 'no_checkpoint', 'read_not_recorded'],
  async handle(asked) {
    const { for: whose, ...request } = asked.request.body as z.infer<typeof extractBody>;
    checkRequest(request);
    const filters = Object.keys(request.filter ?? {});
    const subjects = request.filter?.subject ?? [];
    await noteRead(deps, asked, { operation: 'create_extract', filters, subjects, records: 0 });
    const job = await extracts.create(request, whose ?? null);
    asked.reply.code(202);
    return job;
  },
});

const follow = (extracts: ExtractJobs): Route => ({
  method: 'get',
  path: '/v1/extracts/{id}',
  operationId: 'readExtract',
  summary: 'How far an extract is',
  action: 'extracts.read',
  parameters: {},
  answer: extractJob,
  problems: ['extract_not_found'],
  handle: asked => ownJob(extracts, asked),
});

const fetchFile = (deps: ApiDeps, extracts: ExtractJobs): Route => ({
  method: 'get',
  path: '/v1/extracts/{id}/file',
  operationId: 'readExtractFile',
  summary: 'The extract as a ZIP; the read itself is recorded',
  action: 'extracts.read',
  parameters: {},
  mediaTypes: ['application/zip'],
  problems: ['extract_not_found', 'extract_not_ready', 'read_not_recorded'],
  async handle(asked) {
    const job = await ownJob(extracts, asked);
    if (job.state !== 'ready')
      throw new ApiError('extract_not_ready', `it is ${job.state}; ask /v1/extracts/${job.id}`);
    return sendFile(deps, extracts, asked, job, []);
  },
});

const statement = (deps: ApiDeps, extracts: ExtractJobs): Route => ({
  method: 'get',
  path: '/v1/subjects/{ref}/statement',
  operationId: 'readStatement',
  summary: 'One person’s own statement as an extract of kind subject; the read itself is recorded',
  action: 'statement.read',
  parameters: {
    from: recordsParameters.from!,
    to: {
      ...recordsParameters.to!,
      expected: `${recordsParameters.to!.expected}; absent: as far as the log reaches`,
    },
  },
  mediaTypes: ['application/zip'],
  problems: ['extract_refused', 'no_checkpoint', 'read_not_recorded'],
  async handle(asked) {
    const { ref } = asked.request.params as { ref: string };
    const { role, who } = asked.requester!;
    if (role === 'subject' && who !== ref)
      throw new ApiError('forbidden', 'the token opens another statement');
    const { from, to } = asked.values as { from?: string; to?: string };
    const request = {
      kind: 'subject' as const,
      from: from ?? '2000-01-01T00:00:00Z',
      ...(to === undefined ? {} : { to }),
      filter: { subject: [ref] },
    };
    checkRequest(request);
    const { id } = await extracts.create(request, ref);
    const job = await extracts.ended(id);
    if (job.state === 'failed') throw new ApiError('extract_refused', job.problem ?? '');
    return sendFile(deps, extracts, asked, job, [ref]);
  },
});

function checkRequest(request: z.infer<typeof extractAsk>): void {
  try {
    requestOf(request);
  } catch (error) {
    if (error instanceof ExtractError) throw new ApiError('extract_refused', error.message);
    throw error;
  }
}

/** A stranger's id and an unknown one get the same answer. */
async function ownJob(extracts: ExtractJobs, { request, requester }: Asked): Promise<ExtractJob> {
  const { id } = request.params as { id: string };
  const job = await extracts.job(id);
  const { role, who } = requester!;
  if (job && (role !== 'regulator' || (who !== undefined && who === job.for))) return job;
  throw new ApiError('extract_not_found', 'expected the id of an extract that you may read');
}

async function sendFile(
  deps: ApiDeps,
  extracts: ExtractJobs,
  asked: Asked,
  { id, kind, records }: ExtractJob,
  subjects: string[],
): Promise<Buffer> {
  const bytes = await extracts.file(id);
  if (!bytes) throw new ApiError('extract_not_found', 'its file is not stored any more; ask for it again');
  await noteRead(deps, asked, {
    operation: 'read_extract',
    filters: ['id'],
    subjects,
    records: records ?? 0,
  });
  asked.reply
    .type('application/zip')
    .header('content-disposition', `attachment; filename="ashiato-${kind}-${id.slice(0, 8)}.zip"`);
  return Buffer.from(bytes);
}
