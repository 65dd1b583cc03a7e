// SPDX-License-Identifier: Apache-2.0
// Rows to findings: clauses filled in, sentences completed, equal findings shared between verdicts.

import type { PolicyBundle } from './bundle.ts';
import { describeCode } from './describe-finding.ts';
import type { Cell } from './plan.ts';
import type { FallbackCode, Meaning, Row } from './rules-document.ts';
import { type Finding, freezeFinding, type Mode } from './verdict.ts';
import type { BusinessSlot } from './vocabulary.ts';

export type FindingMaker = ReturnType<typeof createFindingMaker>;

/** Beyond this many, findings are made without being remembered: names of unlisted fields come from outside. */
const REMEMBERED = 4096;
const MODES: readonly Mode[] = ['literal', 'strict'];

export function createFindingMaker(bundle: PolicyBundle) {
  const known = new Map<string, Finding>();
  const one = (code: string, clauses: string[], mode: Finding['mode'], about: string): Finding => {
    const key = `${code} ${mode} ${about} ${clauses.join()}`;
    const found = known.get(key);
    if (found) return found;
    const { ja, en } = describeCode(bundle, code, about);
    const finding = freezeFinding({ code, clauses, mode, about, ja, en });
    if (known.size < REMEMBERED) known.set(key, finding);
    return finding;
  };
  const forModes = (code: string, meaning: Meaning, clauses: string[], about: string): Finding[] => {
    if (meaning.literal === meaning.strict) return [one(code, clauses, 'both', about)];
    return MODES.filter(mode => meaning[mode]).map(mode => one(code, clauses, mode, about));
  };
  return {
    /** Findings of a row about one member, field or group; `field` holds the clause of a field's group. */
    row(row: Row, about: string, cell: Cell, business: BusinessSlot, field: readonly string[]): Finding[] {
      return forModes(row.code, row, clausesOf(row.clauses, cell, business.clauses, field), about);
    },
    /** Findings of a code that has no row. */
    fallback(code: FallbackCode, about: string, cell?: Cell): Finding[] {
      const meaning = bundle.rules.fallback[code];
      return forModes(code, meaning, clausesOf(meaning.clauses, cell, [], []), about);
    },
  };
}

function clausesOf(
  cited: readonly string[],
  cell: Cell | undefined,
  business: readonly string[],
  field: readonly string[],
): string[] {
  const clauses = cited.flatMap(clause => {
    if (clause === '$purpose') return cell?.purpose.clauses ?? [];
    if (clause === '$recipient') return cell?.recipient.recipient?.clause ?? [];
    if (clause === '$business') return business;
    return clause === '$field' ? field : clause;
  });
  return [...new Set(clauses)];
}
