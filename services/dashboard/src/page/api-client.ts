// SPDX-License-Identifier: Apache-2.0
// The few calls of the page. Every outcome is a value; only a programming mistake throws.
import type { CompletenessStatement, ProblemDetails, UsageReport } from '@ashiato/schema';
import type { UsageForMatrix } from './matrix-layout.ts';
import type { Period } from './periods.ts';
import { choosePolicy, type PolicyListing, type PolicyVocabulary } from './policy-vocabulary.ts';
import type { RecordsPage } from './records-feed.ts';
import type { Mode, VerdictChoice } from './view-state.ts';

export type Failure =
  | { kind: 'unauthorized' }
  | { kind: 'forbidden' }
  | { kind: 'problem'; status: number; title: string; detail: string }
  | { kind: 'unreachable' };
export type Answer<T> = { kind: 'ok'; value: T } | Failure;

export interface RecordFilters {
  purpose: string | null;
  field: string | null;
  verdict: VerdictChoice | null;
}

export type Usage = UsageForMatrix & Pick<UsageReport, 'frontier' | 'mode'>;

/** Exchanges the one-time code of the printed address for a session cookie the page cannot read. */
export function signIn(code: string): Promise<Answer<unknown>> {
  return call('/v1/session', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ code }),
  });
}

/** Cells and purpose totals; the frontier is that of the cells, read first, so it never claims too much. */
export async function readUsage(period: Period, mode: Mode, signal: AbortSignal): Promise<Answer<Usage>> {
  const asked = (by: string) => `/v1/usage?${new URLSearchParams({ by, ...period, mode })}`;
  const cells = await call<UsageReport>(asked('purpose,field'), { signal });
  if (cells.kind !== 'ok') return cells;
  const purposes = await call<UsageReport>(asked('purpose'), { signal });
  if (purposes.kind !== 'ok') return purposes;
  const { items, frontier, mode: counted } = cells.value;
  return { kind: 'ok', value: { cells: items, purposes: purposes.value.items, frontier, mode: counted } };
}

export function readRecords(
  period: Period,
  filters: RecordFilters,
  cursor: string | null,
  signal: AbortSignal,
): Promise<Answer<RecordsPage>> {
  const asked = new URLSearchParams({ limit: '50', ...period });
  for (const [name, value] of Object.entries({ ...filters, cursor })) {
    if (value !== null) asked.set(name, value);
  }
  return call<RecordsPage>(`/v1/records?${asked}`, { signal });
}

/** About a period as far as it has passed; read from the segments, so it may take a while. */
export function readCompleteness(
  period: Period,
  signal: AbortSignal,
): Promise<Answer<CompletenessStatement>> {
  return call<CompletenessStatement>(`/v1/completeness?${new URLSearchParams({ ...period })}`, { signal });
}

/** The vocabulary in force at `now`; `undefined` when the deployment has no policy yet. */
export async function readPolicy(
  now: number,
  signal: AbortSignal,
): Promise<Answer<PolicyVocabulary | undefined>> {
  const list = await call<{ items: PolicyListing[] }>('/v1/policies', { signal });
  if (list.kind !== 'ok') return list;
  const chosen = choosePolicy(list.value.items, now);
  if (!chosen) return { kind: 'ok', value: undefined };
  const path = `${encodeURIComponent(chosen.id)}/${encodeURIComponent(chosen.version)}`;
  return call<PolicyVocabulary>(`/v1/policies/${path}`, { signal });
}

async function call<T>(path: string, init: RequestInit): Promise<Answer<T>> {
  try {
    const response = await fetch(path, { ...init, credentials: 'same-origin' });
    if (response.status === 401) return { kind: 'unauthorized' };
    if (response.status === 403) return { kind: 'forbidden' };
    if (!response.ok) return await readProblem(response);
    const body = response.status === 204 ? undefined : await response.json();
    // The API of the same origin is trusted to keep the shapes of @ashiato/schema; React escapes every text.
    return { kind: 'ok', value: body as T };
  } catch (problem) {
    // An aborted call is the caller's own doing: it passes upward and the caller drops it.
    if (init.signal?.aborted) throw problem;
    return { kind: 'unreachable' };
  }
}

async function readProblem(response: Response): Promise<Failure> {
  const { status } = response;
  const plain: Failure = { kind: 'problem', status, title: `HTTP ${status}`, detail: response.statusText };
  if (!response.headers.get('content-type')?.includes('application/problem+json')) return plain;
  const { title, detail } = (await response.json()) as ProblemDetails;
  return { ...plain, title, detail };
}
