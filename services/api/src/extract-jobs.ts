// SPDX-License-Identifier: Apache-2.0
// Extracts asked for over HTTP: one at a time, in the order of asking. An ask is durable before it is answered and
// names its checkpoint, so that after a crash the same file is made. No retention: extracts hold resolved names.
import { createHash } from 'node:crypto';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { buildVerifyPage, createExtract, type ExtractAsk, ExtractError, extractAsk } from '@ashiato/extract';
import type { Ledger } from '@ashiato/ledger';
import type { Log } from '@ashiato/ledger/log';
import type { ObjectStore } from '@ashiato/objects';
import { z } from 'zod';
import { ApiError } from './problems.ts';

const JOB_FORMAT = 'ashiato.extract-job.v1';

const storedJob = z.strictObject({
  format: z.literal(JOB_FORMAT),
  ask: extractAsk,
  /** The regulator or subject that it is for: a token of that `who` may read it. */
  for: z.string().nullable(),
  checkpoint: z.string(),
  policy: z.string(),
});
type StoredJob = z.infer<typeof storedJob>;

export const extractJob = z.object({
  id: z.string(),
  state: z.enum(['waiting', 'building', 'ready', 'failed']),
  kind: z.string(),
  for: z.string().nullable().describe('whose extract it is; null: of the trail’s own people'),
  segments_done: z.number().int(),
  segments: z.number().int().describe('0 until it is being made'),
  records: z.number().int().nullable().describe('how many match; null until it is ready'),
  problem: z.string().nullable().describe('why it could not be made'),
});
export type ExtractJob = z.infer<typeof extractJob>;

const outcome = z.union([
  z.strictObject({ state: z.literal('ready'), records: z.number().int() }),
  z.strictObject({ state: z.literal('failed'), problem: z.string() }),
]);

export interface ExtractJobs {
  /** The same ask at the same checkpoint is the same job. Durable when it resolves. @throws ApiError */
  create(ask: ExtractAsk, whose: string | null): Promise<ExtractJob>;
  job(id: string): Promise<ExtractJob | undefined>;
  /** Resolves when the job has ended. */
  ended(id: string): Promise<ExtractJob>;
  file(id: string): Promise<Uint8Array | undefined>;
  /** Makes what was asked for, also before the last start; ends after the one under way. */
  run(signal: AbortSignal): Promise<void>;
}

export interface ExtractJobsDeps {
  objects: ObjectStore;
  ledger: Pick<Ledger, 'read'>;
  log: Pick<Log, 'newestCheckpoint' | 'vkey'>;
  /** Folder for what is under way; nothing else may lie there. */
  dir: string;
  logger: { error(about: object, text: string): void };
}

const prefix = (id: string) => `extracts/${id}/`;
const ID = /^[0-9a-f]{32}$/;

export function createExtractJobs({ objects, ledger, log, dir, logger }: ExtractJobsDeps): ExtractJobs {
  const waiting: string[] = [];
  const progress = new Map<string, { done: number; total: number }>();
  /** Failed here for a reason that may pass; asked again at the next start. */
  const failedNow = new Set<string>();
  let wake = () => {};
  let endings: (() => void)[] = [];

  const json = async (key: string): Promise<unknown> => {
    const stored = await objects.get(key);
    return stored && JSON.parse(Buffer.from(stored.bytes).toString('utf8'));
  };
  const put = (key: string, value: unknown) =>
    objects.create(key, Buffer.from(JSON.stringify(value)), { contentType: 'application/json' });

  function enqueue(id: string): void {
    if (!waiting.includes(id) && !progress.has(id)) waiting.push(id);
    wake();
  }

  async function create(ask: ExtractAsk, whose: string | null): Promise<ExtractJob> {
    const [published, vkey] = [await log.newestCheckpoint(), await log.vkey()];
    if (!published || vkey === undefined)
      throw new ApiError('no_checkpoint', 'the notary publishes the first after the first segment');
    const policy = `log ${vkey}\nquorum none\n`;
    const stored: StoredJob = { format: JOB_FORMAT, ask, for: whose, checkpoint: published.note, policy };
    const id = createHash('sha256').update(JSON.stringify(stored)).digest('hex').slice(0, 32);
    await put(`${prefix(id)}ask.json`, stored);
    failedNow.delete(id);
    const known = (await job(id))!;
    if (known.state === 'waiting') enqueue(id);
    return known;
  }

  async function job(id: string): Promise<ExtractJob | undefined> {
    const stored = ID.test(id) ? await json(`${prefix(id)}ask.json`) : undefined;
    if (stored === undefined) return undefined;
    const { ask, for: whose } = storedJob.parse(stored);
    const at = progress.get(id);
    const ended = await json(`${prefix(id)}outcome.json`);
    const common = { id, kind: ask.kind, for: whose, segments_done: at?.done ?? 0, segments: at?.total ?? 0 };
    const none = { records: null, problem: null };
    if (ended !== undefined) return { ...common, ...none, ...outcome.parse(ended) };
    if (failedNow.has(id))
      return { ...common, ...none, state: 'failed', problem: 'the service failed; ask again' };
    return { ...common, ...none, state: at ? 'building' : 'waiting' };
  }

  async function make(id: string): Promise<void> {
    const { ask, checkpoint, policy } = storedJob.parse(await json(`${prefix(id)}ask.json`));
    const path = join(dir, `${id}.zip`);
    progress.set(id, { done: 0, total: 0 });
    try {
      const manifest = await createExtract(ask, path, {
        objects,
        ledger,
        log: { checkpoint, policy },
        page: await buildVerifyPage(),
        onProgress: (done, total) => void progress.set(id, { done, total }),
      });
      await objects.create(`${prefix(id)}extract.zip`, await readFile(path), {
        contentType: 'application/zip',
      });
      await put(`${prefix(id)}outcome.json`, { state: 'ready', records: manifest.counts.matching });
    } catch (error) {
      if (error instanceof ExtractError)
        await put(`${prefix(id)}outcome.json`, { state: 'failed', problem: error.message });
      else {
        failedNow.add(id);
        logger.error(
          { extract: id, code: (error as { code?: string }).code },
          'an extract could not be made',
        );
      }
    } finally {
      progress.delete(id);
      await rm(path, { force: true });
    }
  }

  async function ended(id: string): Promise<ExtractJob> {
    for (;;) {
      // Registered before the look, so that an ending between the two is not missed.
      const next = new Promise<void>(resolve => endings.push(resolve));
      const known = await job(id);
      if (!known) throw new ApiError('extract_not_found', 'expected the id of an extract');
      if (known.state === 'ready' || known.state === 'failed') return known;
      await next;
    }
  }

  async function findUnended(): Promise<void> {
    const asked = new Set<string>();
    for await (const { key } of objects.list('extracts/')) {
      const [, id, name] = key.split('/');
      if (name === 'ask.json') asked.add(id!);
      if (name === 'outcome.json') asked.delete(id!);
    }
    for (const id of asked) enqueue(id);
  }

  async function run(signal: AbortSignal): Promise<void> {
    await rm(dir, { recursive: true, force: true });
    await mkdir(dir, { recursive: true, mode: 0o700 });
    await findUnended();
    signal.addEventListener('abort', () => wake());
    while (!signal.aborted) {
      const id = waiting[0];
      if (id === undefined) {
        await new Promise<void>(resolve => {
          wake = resolve;
        });
        continue;
      }
      await make(id);
      waiting.shift();
      for (const resolve of endings.splice(0)) resolve();
    }
    endings = [];
  }

  return {
    create,
    job,
    ended,
    file: async id => (ID.test(id) ? (await objects.get(`${prefix(id)}extract.zip`))?.bytes : undefined),
    run,
  };
}
