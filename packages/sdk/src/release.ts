// SPDX-License-Identifier: Apache-2.0
// access(): personal data is fetched, its access recorded, and only then released to the caller.

import type { Mode, Notice } from './options.ts';
import type { AccessRecorder } from './record-access.ts';
import type { Access } from './words.ts';

interface ReleaseDeps {
  mode: Mode;
  recorder: AccessRecorder;
  /** Commitment to a result; undefined where none is asked for. */
  commitment: ((result: unknown) => string) | undefined;
  report: (notice: Notice) => void;
  /** An access that was released without a record. */
  onUnrecorded: () => void;
}

export interface Release {
  access<T>(what: Access, fetch: () => T | Promise<T>): Promise<T>;
  accessFound<T>(fetch: () => T | Promise<T>, what: (result: T) => Access): Promise<T>;
}

/** In mode `observe` a caller waits no longer than this for a disk or a full spool; the record goes on. */
const OBSERVE_WAIT_MS = 1000;

export function createRelease({ mode, recorder, commitment, report, onUnrecorded }: ReleaseDeps): Release {
  async function observed(recording: Promise<unknown>): Promise<void> {
    const told = recording.catch(cause => {
      onUnrecorded();
      const reason = cause instanceof Error ? cause.message : String(cause);
      report({ level: 'error', text: `an access was released without a record: ${reason}` });
    });
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>(resolve => {
      timer = setTimeout(resolve, OBSERVE_WAIT_MS);
    });
    await Promise.race([told, late]);
    clearTimeout(timer);
  }

  async function recordResult(what: Access, result: unknown): Promise<void> {
    const recording = recorder.record(withResult(what, result, commitment));
    await (mode === 'observe' ? observed(recording) : recording);
  }

  async function fetched<T>(what: Access | undefined, fetch: () => T | Promise<T>): Promise<T> {
    try {
      return await fetch();
    } catch (cause) {
      // Nothing is released. That the attempt was recorded is worth less than why it failed.
      if (what !== undefined) await observed(recorder.record({ ...what, outcome: 'failed' }));
      throw cause;
    }
  }

  return {
    async access(what, fetch) {
      await recorder.refuseViolation(what);
      const result = await fetched(what, fetch);
      await recordResult(what, result);
      return result;
    },
    async accessFound(fetch, what) {
      const result = await fetched(undefined, fetch);
      await recordResult(what(result), result);
      return result;
    },
  };
}

/** How many rows were returned: an array's length, none for nothing, else one. Of several persons the refs tell. */
function withResult(what: Access, result: unknown, commitment: ReleaseDeps['commitment']): Access {
  const count = Array.isArray(result) ? result.length : result === undefined || result === null ? 0 : 1;
  const counted = (what.subjects?.length ?? 0) > 1 ? {} : { count };
  const committed = commitment === undefined ? {} : { commitment: commitment(result) };
  return { ...what, result: { ...counted, ...committed, ...what.result } };
}
