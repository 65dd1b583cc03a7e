// SPDX-License-Identifier: Apache-2.0
// The trail a service writes to: check, number, put on disk, forward.
import type { PolicyVocabulary } from '@ashiato/policy/vocabulary';
import { createActorContexts } from './actor-context.ts';
import { openDestination } from './destination.ts';
import { createLifecycle } from './lifecycle.ts';
import { type TrailOptions, withDefaults } from './options.ts';
import { createPseudonyms, type PseudonymKind } from './pseudonyms.ts';
import { createAccessRecorder, type Recorded } from './record-access.ts';
import { createRelease } from './release.ts';
import { activeTraceReader } from './trace-context.ts';
import type { Access, ActorContext, Allowed, KnownContext, Merged } from './words.ts';

export interface TrailStatus {
  /** Epoch now in use; undefined before the first start. */
  epoch: number | undefined;
  /** Events on this disk that the destination has not acknowledged. */
  spooled: number;
  /** Accesses that mode `observe` released although they could not be recorded. */
  unrecorded: number;
  /** Why the last delivery failed; undefined again after one that succeeded. */
  lastFailure: string | undefined;
}

/** `V` is the vocabulary generated from the policy; `Set` what withActor is known to have set. */
export interface Trail<V extends PolicyVocabulary = PolicyVocabulary, Set = unknown> {
  /**
   * Takes the spool folder, begins a new epoch, and forwards what an earlier run left. record() does this by
   * itself; call it when the service starts, so that what was left does not wait for the first access.
   */
  start(): Promise<void>;
  /**
   * Records one access; `subjects` makes it one event per person. When it resolves, the event survives kill -9 of
   * this process and loss of power, and will be delivered, at least once, in the order of the calls. A rejection is
   * a TrailError that says why (of one event, `INVALID_EVENT` and `SPOOL_FULL` left nothing behind), or, in mode
   * `enforce`, a PolicyViolationError.
   */
  record<const A extends Access<V>>(access: Allowed<V, Set, A>): Promise<Recorded>;
  /**
   * Fetches personal data, records the access with the number of rows, and then releases what `fetch` returned;
   * `mode` says what happens when that cannot be recorded. A fetch that throws is recorded as failed and thrown on.
   */
  access<const A extends Access<V>, T>(what: Allowed<V, Set, A>, fetch: () => T | Promise<T>): Promise<T>;
  /** The same where only the result tells whose data it is, as in a search; the policy is asked before the release. */
  accessFound<const A extends Access<V>, T>(
    fetch: () => T | Promise<T>,
    what: (result: T) => Allowed<V, Set, A>,
  ): Promise<T>;
  /**
   * Runs `fn`, and all it awaits, with members that every access in it has unless it states its own: actor, purpose,
   * case. Calls within each other add up. `fn` is given this trail, which then checks fields against that purpose.
   */
  withActor<const C extends ActorContext<V>, T>(
    context: KnownContext<C>,
    fn: (trail: Trail<V, Merged<Set, C>>) => T,
  ): T;
  /** The pseudonym of a customer's number, for `subject.ref` and `subjects`. Throws `OPTIONS` without a key. */
  subject(number: string): string;
  /** The pseudonym of a contract, debt, switching request or negawatt contract, for `refs`. */
  pseudonym(kind: PseudonymKind, number: string): string;
  /** What `commitResults` puts into an event for this result, to compare with one. */
  commitment(result: unknown): string;
  status(): TrailStatus;
  /**
   * Refuses further records, waits until everything was acknowledged or `deadlineMs` (default 10 s) passed,
   * and lets go of the folder. What is `spooled` then is delivered after the next start.
   */
  close(options?: { deadlineMs?: number }): Promise<{ spooled: number }>;
}

/** A trail; no I/O before start() or the first record(). Throws `OPTIONS` when it cannot work as asked. */
export function createTrail<V extends PolicyVocabulary = PolicyVocabulary>(options: TrailOptions): Trail<V> {
  const settings = withDefaults(options);
  const { onNotice: report } = settings;
  const destination = openDestination(options, text => report({ level: 'error', text }));
  const pseudonyms = createPseudonyms(settings.pseudonymKeys);
  const contexts = createActorContexts();
  const lifecycle = createLifecycle({ ...settings, destination, report });
  const { run } = lifecycle;
  const recorder = createAccessRecorder({ ...settings, contexts, activeTrace: activeTraceReader(), run });
  let unrecorded = 0;
  const release = createRelease({
    mode: settings.mode,
    recorder,
    commitment: settings.commitResults ? pseudonyms.commitment : undefined,
    report,
    onUnrecorded: () => {
      unrecorded++;
    },
  });
  const trail: Trail<V> = {
    async start() {
      await run();
    },
    record: access => recorder.record(access as Access),
    access: (what, fetch) => release.access(what as Access, fetch),
    accessFound: (fetch, what) => release.accessFound(fetch, what as (result: unknown) => Access),
    withActor: (context, fn) => contexts.run(context as ActorContext, () => fn(trail as never)),
    subject: number => pseudonyms.of('subject', number),
    pseudonym: pseudonyms.of,
    commitment: pseudonyms.commitment,
    status: () => ({ ...lifecycle.status(), unrecorded }),
    close: ({ deadlineMs = 10_000 } = {}) => lifecycle.close(deadlineMs),
  };
  return trail;
}
