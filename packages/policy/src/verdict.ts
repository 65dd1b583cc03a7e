// SPDX-License-Identifier: Apache-2.0
// The verdict on one event, and its JSON. Verdicts and findings are frozen and shared between events.

export const OUTCOMES = ['conforming', 'undetermined', 'violation'] as const;
/** From best to worst. */
export type Outcome = (typeof OUTCOMES)[number];
export type Mode = 'literal' | 'strict';

/**
 * One reason. Its outcome and its sentences follow from `code`, `mode` and `about` and the policy bundle of the
 * verdict (`describeFinding`), so a record may be kept without the sentences.
 */
export type Finding = {
  readonly code: string;
  /** Ids of the clauses that it rests on. */
  readonly clauses: readonly string[];
  /** The modes on whose outcome it bears. */
  readonly mode: Mode | 'both';
  /** A field id, or the event's member it is about; alternatives are joined by `|`. */
  readonly about: string;
  readonly ja: string;
  readonly en: string;
};

/** `policy` is null when no version was in force (or the event's time is unreadable). */
export type Verdict = {
  /** The outcome of the mode that the judge was made for. */
  readonly outcome: Outcome;
  readonly literal: Outcome;
  readonly strict: Outcome;
  readonly policy: {
    readonly id: string;
    readonly version: string;
    readonly sha256: string;
    readonly source_sha256: string;
  } | null;
  readonly findings: readonly Finding[];
};

type Texts = { full?: string; committed?: string };
/** Only verdicts that the judge made are here: they are frozen, so their text cannot change. */
const verdictTexts = new WeakMap<Verdict, Texts>();
const findingTexts = new WeakMap<Finding, string>();

/** Freezes a finding, so that verdicts can share it. */
export function freezeFinding(finding: Finding): Finding {
  Object.freeze(finding.clauses);
  return Object.freeze(finding);
}

/** JSON of a finding that the judge made, remembered from its first use on: verdicts share findings. */
function findingText(finding: Finding): string {
  const known = findingTexts.get(finding);
  if (known !== undefined) return known;
  const text = JSON.stringify(finding);
  findingTexts.set(finding, text);
  return text;
}

/** Freezes a verdict made of frozen findings and remembers its JSON from the first use on. */
export function freezeVerdict(verdict: Verdict): Verdict {
  Object.freeze(verdict.findings);
  verdictTexts.set(Object.freeze(verdict), {});
  return verdict;
}

/**
 * The verdict as JSON, made once per verdict object. `full` is byte for byte `JSON.stringify(verdict)`;
 * `committed` leaves out what follows from the bundle: the sentences and the hash of the source text.
 */
export function verdictJson(verdict: Verdict, form: 'full' | 'committed' = 'full'): string {
  const texts = verdictTexts.get(verdict);
  if (!texts) return form === 'full' ? JSON.stringify(verdict) : committedJson(verdict);
  texts[form] ??= form === 'full' ? fullJson(verdict) : committedJson(verdict);
  return texts[form];
}

function fullJson({ outcome, literal, strict, policy, findings }: Verdict): string {
  const head = JSON.stringify({ outcome, literal, strict, policy });
  return `${head.slice(0, -1)},"findings":[${findings.map(findingText).join(',')}]}`;
}

function committedJson({ outcome, literal, strict, policy, findings }: Verdict): string {
  return JSON.stringify({
    outcome,
    literal,
    strict,
    policy: policy && { id: policy.id, version: policy.version, sha256: policy.sha256 },
    findings: findings.map(({ code, clauses, mode, about }) => ({ code, clauses, mode, about })),
  });
}
