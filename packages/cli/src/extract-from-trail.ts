// SPDX-License-Identifier: Apache-2.0
// Makes an extract where the trail is: by its api while it runs, else from its object store.
import { existsSync } from 'node:fs';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import {
  buildVerifyPage,
  createExtract,
  type ExtractAsk,
  ExtractError,
  extractAsk,
  openFileSource,
} from '@ashiato/extract';
import { type Manifest, openExtract } from '@ashiato/extract/verify';
import { createLog } from '@ashiato/ledger/log';
import { z } from 'zod';
import { cannotRun } from './exit.ts';
import { say } from './output.ts';
import { callTrail, findTrail, openStore, type Where } from './trail-address.ts';

export interface CreateOptions extends Where {
  kind: ExtractAsk['kind'];
  from: string;
  to?: string;
  filter?: string[];
  stream: string;
  staff?: 'named' | 'hidden';
  jointUse: 'as_published' | 'defective';
  withholdPurpose?: string[];
  ground?: string;
  case?: string;
  trust?: string;
  out: string;
}

type OnProgress = (done: number, total: number) => void;
const POLL_MS = 200;

export async function createFromTrail(options: CreateOptions, onProgress: OnProgress): Promise<Manifest> {
  const ask = askOf(options);
  if (existsSync(options.out)) throw cannotRun(`${options.out} is there already`);
  const isRunning = options.api !== undefined || findTrail(options).running !== undefined;
  if (isRunning) await byApi(ask, options, onProgress);
  else await fromStore(ask, options, onProgress);
  const file = await openFileSource(options.out);
  try {
    const { manifest } = await openExtract(file);
    const { to } = manifest.request;
    if (options.to === undefined || Date.parse(to) < Date.parse(options.to))
      say(`the period ends at ${to}: the log reaches so far in every partition`);
    return manifest;
  } finally {
    await file.close();
  }
}

function askOf(options: CreateOptions): ExtractAsk {
  const filter: Record<string, string[]> = {};
  for (const condition of options.filter ?? []) {
    const [, name, value] = /^([^=]+)=(.+)$/s.exec(condition) ?? [];
    if (name === undefined) throw cannotRun(`--filter: expected member=value, got ${condition}`);
    filter[name] = [...(filter[name] ?? []), value!];
  }
  const { kind, from, to, stream, staff, jointUse, withholdPurpose, ground } = options;
  if ((withholdPurpose === undefined) !== (ground === undefined))
    throw cannotRun('--withhold-purpose and --ground go together: what is withheld is withheld on a ground');
  const parsed = extractAsk.safeParse({
    kind,
    from,
    to,
    stream,
    staff,
    filter,
    joint_use: jointUse,
    withhold: ground === undefined ? undefined : { ground, purpose: withholdPurpose },
    case: options.case,
  });
  if (parsed.success) return parsed.data;
  throw cannotRun(z.prettifyError(parsed.error));
}

async function byApi(ask: ExtractAsk, where: CreateOptions, onProgress: OnProgress): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const call = (path: string, init?: RequestInit) => callTrail(where, 'investigator', 'api', path, init);
  const created = await answer(
    await call('/v1/extracts', { method: 'POST', headers, body: JSON.stringify(ask) }),
  );
  for (let job = created; ; job = await answer(await call(`/v1/extracts/${created.id}`))) {
    if (job.state === 'failed') throw cannotRun(`the extract could not be made: ${job.problem}`);
    onProgress(job.segments_done, job.segments);
    if (job.state === 'ready') break;
    await pause(POLL_MS);
  }
  const response = await call(`/v1/extracts/${created.id}/file`);
  if (!response.ok) await answer(response);
  await writeFile(`${where.out}.partial`, response.body!);
  await rename(`${where.out}.partial`, where.out);
}

interface Job {
  id: string;
  state: 'waiting' | 'building' | 'ready' | 'failed';
  segments_done: number;
  segments: number;
  problem: string | null;
}

async function answer(response: Response): Promise<Job> {
  const body = (await response.json()) as Job & { detail?: string };
  if (response.ok) return body;
  throw cannotRun(`the api answers ${response.status}: ${body.detail}`);
}

async function fromStore(ask: ExtractAsk, options: CreateOptions, onProgress: OnProgress): Promise<void> {
  const store = openStore(options);
  try {
    const logs = createLog(store);
    const [published, logKey] = [await logs.newestCheckpoint(), await logs.vkey()];
    if (!published || logKey === undefined)
      throw cannotRun('the log has no checkpoint yet: let the notary run');
    say('no api runs here: that this extract was made is recorded nowhere');
    const policy =
      options.trust === undefined ? `log ${logKey}\nquorum none\n` : await readFile(options.trust, 'utf8');
    const log = { checkpoint: published.note, policy };
    await createExtract(ask, options.out, { ...store, log, page: await buildVerifyPage(), onProgress });
  } catch (error) {
    await rm(options.out, { force: true });
    if (error instanceof ExtractError) throw cannotRun(`${error.message} (${error.code})`, error);
    throw error;
  } finally {
    await store.close();
  }
}
