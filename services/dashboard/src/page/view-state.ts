// SPDX-License-Identifier: Apache-2.0
// What the reader chose, kept in the address so that a view can be bookmarked and shared.
import { isDay, type PeriodChoice } from './periods.ts';

export type Mode = 'literal' | 'strict';
export type VerdictChoice = 'conforming' | 'undetermined' | 'violation';

export interface View {
  period: PeriodChoice;
  mode: Mode;
  all: boolean;
  purpose: string | null;
  field: string | null;
  verdict: VerdictChoice | null;
}

/** Reads an address's search part; what it does not know falls back to the usual view. Untrusted input. */
export function parseView(search: string): View {
  const asked = new URLSearchParams(search);
  const verdict = asked.get('verdict');
  return {
    period: parsePeriod(asked.get('period') ?? ''),
    mode: asked.get('mode') === 'literal' ? 'literal' : 'strict',
    all: asked.get('all') === '1',
    purpose: asked.get('purpose'),
    field: asked.get('field'),
    verdict:
      verdict === 'conforming' || verdict === 'undetermined' || verdict === 'violation' ? verdict : null,
  };
}

/** The search part for a view; parts that are as usual are left out. */
export function formatView(view: View): string {
  const parts = new URLSearchParams();
  const { period } = view;
  if (period.kind === 'free') parts.set('period', `${period.firstDay}..${period.lastDay}`);
  else if (period.kind !== '7d') parts.set('period', period.kind);
  if (view.mode !== 'strict') parts.set('mode', view.mode);
  if (view.all) parts.set('all', '1');
  for (const name of ['purpose', 'field', 'verdict'] as const) {
    const chosen = view[name];
    if (chosen !== null) parts.set(name, chosen);
  }
  const search = parts.toString();
  return search === '' ? '' : `?${search}`;
}

function parsePeriod(text: string): PeriodChoice {
  if (text === 'today' || text === '30d') return { kind: text };
  const [firstDay = '', lastDay = ''] = text.split('..');
  if (isDay(firstDay) && isDay(lastDay) && firstDay <= lastDay) return { kind: 'free', firstDay, lastDay };
  return { kind: '7d' };
}
