// SPDX-License-Identifier: Apache-2.0
// One call of record(): the act's events are judged where asked, numbered, and durable when it resolves.
import { explain, type Judge } from '@ashiato/policy';
import type { ActorContexts } from './actor-context.ts';
import { PolicyViolationError } from './errors.ts';
import { type Draft, draftOf, eventBytes, originOf } from './event-bytes.ts';
import type { Mode } from './options.ts';
import { type Act, partsOf } from './parts.ts';
import type { Run } from './run.ts';
import type { Access } from './words.ts';

/** Where a recorded event stands among its source's. Of an act on several persons: its first event. */
export interface Recorded {
  id: string;
  source: string;
  epoch: number;
  sequence: number;
  /** Given when the act became several events, one per person: what holds them together, and how many they are. */
  act?: { operation_id: string; events: number };
}

export interface RecordDeps {
  source: string;
  mode: Mode;
  policy?: Judge;
  durability: 'disk' | 'delivered';
  deliveryTimeoutMs: number;
  now: () => number;
  contexts: ActorContexts;
  activeTrace: (() => string | undefined) | undefined;
  /** The run that takes events now; at once where it is open already. */
  run: () => Run | Promise<Run>;
}

export interface AccessRecorder {
  record(access: Access): Promise<Recorded>;
  /**
   * In mode `enforce`: throws `PolicyViolationError` for an access that the policy refuses, after its attempt was
   * recorded as denied. Otherwise, and for what the policy leaves open, nothing happens.
   */
  refuseViolation(access: Access): Promise<void>;
}

/** Events of one act that are under way at a time. */
const SLICE = 1000;

export function createAccessRecorder(deps: RecordDeps): AccessRecorder {
  const { contexts, durability, deliveryTimeoutMs, now, activeTrace } = deps;
  const judge = deps.mode === 'enforce' ? deps.policy : undefined;
  // Which source and epoch an event will have does not bear on a verdict.
  const unnumbered = originOf(deps.source, 0);

  function put(draft: Draft): Promise<Recorded> {
    const run = deps.run();
    return run instanceof Promise ? run.then(opened => putInto(opened, draft)) : putInto(run, draft);
  }

  function putInto({ appender, origin, acknowledged }: Run, draft: Draft): Promise<Recorded> {
    return new Promise((resolve, reject) => {
      const done = (sequence: number, offset: number) => {
        const recorded = { id: draft.id, source: origin.source, epoch: origin.epoch, sequence };
        if (durability === 'disk') resolve(recorded);
        else acknowledged(offset, deliveryTimeoutMs).then(() => resolve(recorded), reject);
      };
      appender.append(draft, done, reject);
    });
  }

  async function putAct(act: Act): Promise<Recorded> {
    const drafted = (index: number) => draftOf(act.event(index), now(), activeTrace);
    if (act.operation_id === undefined) return put(drafted(0));
    let first: Recorded | undefined;
    for (let from = 0; from < act.events; from += SLICE) {
      const count = Math.min(SLICE, act.events - from);
      const recorded = await Promise.all(Array.from({ length: count }, (_, i) => put(drafted(from + i))));
      first ??= recorded[0]!;
    }
    return { ...first!, act: { operation_id: act.operation_id, events: act.events } };
  }

  async function refuseViolation(access: Access): Promise<void> {
    if (judge === undefined) return;
    const whole = contexts.complete(access);
    // One person's event stands for all of the act, which differ in the ref alone; what became of it does not count.
    const asked = partsOf({ ...whole, outcome: undefined }).event(0);
    const { event } = eventBytes(draftOf(asked, now()), unnumbered, 1);
    if (judge.evaluate(event).outcome !== 'violation') return;
    const attempt = { ...whole, outcome: 'denied' as const, result: undefined };
    const unrecorded = await putAct(partsOf(attempt)).then(
      () => undefined,
      (cause: unknown) => ({ cause }),
    );
    throw new PolicyViolationError(explain(judge, event), unrecorded);
  }

  return {
    record(access) {
      try {
        const whole = contexts.complete(access);
        if (judge === undefined && whole?.subjects === undefined)
          return put(draftOf(whole, now(), activeTrace));
        // That somebody was refused is what such a record is for.
        if (judge === undefined || whole?.outcome === 'denied') return putAct(partsOf(whole));
        return refuseViolation(whole).then(() => putAct(partsOf(whole)));
      } catch (cause) {
        return Promise.reject(cause);
      }
    },
    refuseViolation,
  };
}
