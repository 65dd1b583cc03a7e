// SPDX-License-Identifier: Apache-2.0
import type { Metrics } from '@ashiato/runtime';
import type { Judged } from './judge-received.ts';
import type { ProblemCode } from './problems.ts';

export interface IntakeMetrics {
  /** Events of a body that was answered, after the queue took them. */
  answered(judged: Judged[]): void;
  /** A request that was refused whole, or failed. */
  refused(code: ProblemCode): void;
}

export function createIntakeMetrics(metrics: Metrics | undefined): IntakeMetrics {
  const events = metrics?.counter('intake_events_total', 'Events answered, by what they were', ['outcome']);
  const refusals = metrics?.counter('intake_refusals_total', 'Requests refused or failed, by code', ['code']);
  return {
    answered(judged) {
      for (const one of judged) events?.inc({ outcome: outcomeOf(one) });
    },
    refused: code => refusals?.inc({ code }),
  };
}

function outcomeOf(one: Judged): 'accepted' | 'with_problems' | 'unreadable' | 'too_large' {
  if (one.kind !== 'event') return one.kind;
  return one.problems.length === 0 ? 'accepted' : 'with_problems';
}
