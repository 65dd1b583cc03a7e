// SPDX-License-Identifier: Apache-2.0
// A policy folder that is followed while a service runs: what changes there judges as soon as it is in order, and
// until then what judged before goes on.
import { setTimeout } from 'node:timers/promises';
import type { PolicyBundle } from './bundle.ts';
import type { Judge } from './compile.ts';
import { PolicyError } from './errors.ts';
import { type FolderContent, judgeOf, readFolder } from './policy-folder.ts';
import type { Mode } from './verdict.ts';

/**
 * Run before changed bundles judge anything. MUST be repeatable, and resolve only when they may judge: for whoever
 * commits verdicts, when the bundles are durable evidence. Where it rejects they do not judge, and it is tried again.
 */
export type Activate = (bundles: readonly PolicyBundle[]) => Promise<void>;

export interface LivePolicyOptions {
  mode?: Mode;
  log: { info(about: object, text: string): void; error(about: object, text: string): void };
}

export interface LivePolicy {
  /** What runs, whichever it is when asked; an event is judged by one version. */
  readonly judge: Judge;
  /** Why what lies in the folder does not run; null while it does. */
  readonly refused: { readonly error: unknown } | null;
  /** Takes what lies in the folder now. Never rejects: what cannot be taken is logged, once for each content. */
  reload(activate?: Activate): Promise<'reloaded' | 'unchanged' | 'refused'>;
  /**
   * Looks at the folder every `everyMs` until aborted, and takes a content that two looks in a row found alike, so
   * that files that are still being copied are not mixed. It reads all of them: network folders and mounts of
   * containers do not tell of changes. Resolves when nothing of it is under way.
   */
  follow(signal: AbortSignal, options: { everyMs: number; activate?: Activate }): Promise<void>;
}

interface Refusal {
  digest: string;
  error: unknown;
  /** How often its activation was tried, and how many looks pass before it is again. */
  tries: number;
  looks: number;
}

const MOST_LOOKS_BETWEEN = 32;
const noActivation: Activate = async () => {};

/**
 * Loads the folder as services do: every version in it, and the cases beside them, which MUST come out as they say.
 * Throws `PolicyError` with the problems of all files at once: what `loadPolicies`, `loadCases` and `compile` throw,
 * and CASE_FAILED.
 */
export async function openLivePolicy(
  folder: string,
  { mode = 'strict', log }: LivePolicyOptions,
): Promise<LivePolicy> {
  const first = await readFolder(folder);
  let running = judgeOf(folder, first, mode);
  let taken = first.digest;
  let refused: Refusal | null = null;

  async function take(content: FolderContent, activate: Activate) {
    const { digest } = content;
    if (digest === taken) {
      if (refused) log.info(about(folder, running), 'the policy folder holds again what runs');
      refused = null;
      return 'unchanged';
    }
    const again = refused?.digest === digest ? refused : null;
    let next: Judge | undefined;
    try {
      next = judgeOf(folder, content, mode);
      await activate(next.bundles);
    } catch (error) {
      const cause = error instanceof PolicyError ? {} : { err: error };
      if (!again) log.error({ ...about(folder, running), ...cause }, refusalText(folder, error, next));
      const tries = (again?.tries ?? 0) + 1;
      // Reading the same files again would say the same; what an activation needs may come back.
      const looks = next ? Math.min(2 ** (tries - 1), MOST_LOOKS_BETWEEN) : Number.POSITIVE_INFINITY;
      refused = { digest, error, tries, looks };
      return 'refused';
    }
    [running, taken, refused] = [next, digest, null];
    log.info(about(folder, running), 'policy reloaded');
    return 'reloaded';
  }

  return {
    judge: {
      mode,
      get bundles() {
        return running.bundles;
      },
      evaluate: event => running.evaluate(event),
    },
    get refused() {
      return refused;
    },
    reload: async (activate = noActivation) => take(await readFolder(folder), activate),
    async follow(signal, { everyMs, activate = noActivation }) {
      for await (const content of settledContents(folder, taken, looksEvery(everyMs, signal))) {
        const waits = refused?.digest === content.digest && refused.looks-- > 0;
        if (!waits) await take(content, activate);
      }
    },
  };
}

async function* looksEvery(ms: number, signal: AbortSignal): AsyncGenerator<void> {
  for (;;) {
    await setTimeout(ms, undefined, { signal }).catch(() => {}); // aborted: seen in the next line
    if (signal.aborted) return;
    yield;
  }
}

/** What each look finds, where the look before found the same; `before` is what was found before the first. */
export async function* settledContents(
  folder: string,
  before: string,
  looks: AsyncIterable<void>,
): AsyncGenerator<FolderContent> {
  for await (const _ of looks) {
    const content = await readFolder(folder);
    if (content.digest === before) yield content;
    before = content.digest;
  }
}

function refusalText(folder: string, error: unknown, inOrder: Judge | undefined): string {
  const remedy = inOrder
    ? 'the files are in order, but could not be activated; this is tried again without end'
    : `mend the files ("ashiato policy check ${folder}" finds the same); they are read again when they change`;
  const message = error instanceof Error ? error.message : String(error);
  return `policy not reloaded, what ran before goes on judging: ${message}\n${remedy}`;
}

const about = (folder: string, { bundles }: Judge) => ({
  folder,
  policies: bundles.map(({ id, version, sha256 }) => ({ id, version, sha256 })),
});
