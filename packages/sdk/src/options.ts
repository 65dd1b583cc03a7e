// SPDX-License-Identifier: Apache-2.0
// What a trail is made from.
import type { Judge } from '@ashiato/policy';
import { accessEvent } from '@ashiato/schema';
import type { Destination } from './destination.ts';
import { TrailError } from './errors.ts';
import type { PseudonymKeys } from './pseudonyms.ts';

const MiB = 1 << 20;

/**
 * How far a trail goes, each step with all of the one before:
 * - `observe`: access() never fails its caller; what could not be recorded is told to `onNotice` and counted
 * - `strict`: access() releases nothing whose record is not durable
 * - `enforce`: the policy is asked first; a violation is recorded as denied and thrown, and nothing is released
 *
 * record() rejects in every mode when it could not record: its caller has the data already and decides.
 */
export type Mode = 'observe' | 'strict' | 'enforce';

export interface Notice {
  level: 'warn' | 'error';
  text: string;
}

export type TrailOptions = Destination & {
  /**
   * Who emits: a URI reference such as `/billing/web-1`. It MUST be one running instance's own: two instances
   * under one source would give the same numbers to different events.
   */
  source: string;
  /** Folder for events on their way; this trail's own, on a local disk. Made when absent. */
  spoolDir: string;
  /** Default `observe`. */
  mode?: Mode;
  /** The judge of the company's policy, needed by `enforce`: `compile(await loadPolicies(folder))`. */
  policy?: Judge;
  /**
   * When record() resolves: `disk` when the event is fsynced in the spool (default of `observe`); `delivered` when
   * the destination acknowledged it too (default of `strict` and `enforce`).
   */
  durability?: 'disk' | 'delivered';
  /** With `delivered`: how long record() waits, in ms, before `DELIVERY_TIMEOUT`. Default 30 s. */
  deliveryTimeoutMs?: number;
  /** Largest size of the spool in bytes, at least 1 MiB. Default 1 GiB. */
  maxSpoolBytes?: number;
  /** Beyond that size record() rejects with `SPOOL_FULL` (`reject`, the default), or waits for room (`block`). */
  onFull?: 'reject' | 'block';
  /** Keys of `subject()` and `pseudonym()` by key id; the greatest id is in use. */
  pseudonymKeys?: PseudonymKeys;
  /** Puts a commitment to what access() releases into its event, keyed with the pseudonyms' key. Default false. */
  commitResults?: boolean;
  /**
   * The service's private key for seals (`ashiato key new`), the same for all its instances; read at start. Without it
   * the source counts as unsealed.
   */
  sealKeyFile?: string;
  /** Seconds between two seals, 1 to 86400. Default 60. */
  sealInterval?: number;
  /** Told what was ridden out and what stopped; nothing personal. Default: nobody. */
  onNotice?: (notice: Notice) => void;
  /** Clock, in ms since 1970. Default: the system's. */
  now?: () => number;
};

/** The options with every default. Throws `OPTIONS` when a trail cannot work as asked. */
export function withDefaults(options: TrailOptions) {
  const { mode = 'observe' } = options;
  const wrong = problemOf(options);
  if (wrong !== undefined) throw new TrailError('OPTIONS', wrong);
  return {
    mode,
    durability: mode === 'observe' ? ('disk' as const) : ('delivered' as const),
    deliveryTimeoutMs: 30_000,
    maxSpoolBytes: 1024 * MiB,
    onFull: 'reject' as const,
    commitResults: false,
    sealInterval: 60,
    onNotice: () => undefined,
    now: Date.now,
    ...options,
  };
}

function problemOf({
  source,
  spoolDir,
  maxSpoolBytes,
  mode,
  policy,
  ...options
}: TrailOptions): string | undefined {
  if (!accessEvent.shape.source.safeParse(source).success)
    return 'source is no URI reference of at most 256 characters, as in /billing/web-1';
  if (spoolDir === '') return 'spoolDir is empty; name a folder of its own on a local disk';
  if (maxSpoolBytes !== undefined && !(maxSpoolBytes >= MiB))
    return `maxSpoolBytes is ${maxSpoolBytes}, expected at least ${MiB}`;
  const { sealInterval = 60 } = options;
  if (!(Number.isInteger(sealInterval) && sealInterval >= 1 && sealInterval <= 86_400))
    return `sealInterval is ${sealInterval}, expected whole seconds from 1 to 86400`;
  if (mode === 'enforce' && policy === undefined)
    return 'mode enforce needs a policy to ask: give policy, as in compile(await loadPolicies(folder))';
  if (options.commitResults && Object.keys(options.pseudonymKeys ?? {}).length === 0)
    return 'commitResults needs a key: give pseudonymKeys';
  return undefined;
}
