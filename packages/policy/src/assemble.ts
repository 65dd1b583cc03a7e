// SPDX-License-Identifier: Apache-2.0
// Plan and facts to a verdict: every row that fits gives its findings, the worst counts, what no row covers is no_rule.
import type { Facts } from './facts.ts';
import type { FindingMaker } from './finding-maker.ts';
import type { FieldSet, Plan, PlanRow } from './plan.ts';
import type { Finding } from './verdict.ts';
import type { BusinessSlot } from './vocabulary.ts';

/** A field of one event: listed (with its slot's place) or not. */
type Touched = { about: string; index: number; group: string | undefined; clause: string | undefined };
type Fit = { row: PlanRow; event: boolean; fields: Touched[]; about: string | undefined };

/** All findings on one event, in the order of the rules file; fields in the order of the policy file. */
export function assemble(
  plan: Plan,
  truths: readonly boolean[],
  facts: Facts,
  business: BusinessSlot,
  make: FindingMaker,
): Finding[] {
  const touched = touchedFields(facts);
  const fits = plan.rows.flatMap(row => fitOf(row, truths, touched));
  const findings = fits.flatMap(fit => findingsOf(fit, plan, business, make));
  for (const about of uncovered(fits, touched)) {
    findings.push(...make.fallback('no_rule', about, plan.cell));
  }
  return findings;
}

function touchedFields({ fields, unlisted }: Facts): Touched[] {
  const listed = [...new Set(fields)].sort((a, b) => a.index - b.index);
  return [
    ...listed.map(({ id, index, group, clause }) => ({ about: id, index, group, clause })),
    ...unlisted.map(about => ({ about, index: -1, group: undefined, clause: undefined })),
  ];
}

function fitOf(row: PlanRow, truths: readonly boolean[], touched: readonly Touched[]): Fit[] {
  const holding = row.alternatives.filter(({ predicates }) => predicates.every(place => truths[place]));
  if (holding.length === 0) return [];
  const sets = holding.flatMap(({ fields }) => (fields ? [fields] : []));
  const fields = touched.filter(field => sets.some(set => inSet(set, field)));
  // A row that lets some fields pass also lets an event pass that touched none.
  const nothingTouched = touched.length === 0 && row.gathers && row.covers;
  const event = sets.length < holding.length || nothingTouched;
  if (!event && fields.length === 0) return [];
  return [{ row, event, fields, about: holding[0]!.about }];
}

function inSet(set: FieldSet, { index }: Touched): boolean {
  return index < 0 ? set.unlisted : set.has[index]!;
}

function findingsOf(
  { row, event, fields, about }: Fit,
  plan: Plan,
  business: BusinessSlot,
  make: FindingMaker,
): Finding[] {
  const findings = event ? make.row(row.row, about ?? 'fields', plan.cell, business, []) : [];
  if (!row.gathers) {
    const each = fields.flatMap(({ about: field, clause }) =>
      make.row(row.row, field, plan.cell, business, clause === undefined ? [] : [clause]),
    );
    return [...findings, ...each];
  }
  const groups = new Map(fields.map(({ group, clause, about: field }) => [group ?? field, clause]));
  for (const [group, clause] of groups) {
    findings.push(...make.row(row.row, group, plan.cell, business, clause === undefined ? [] : [clause]));
  }
  return findings;
}

/** What no covering row is about: the whole event, or single fields where rows allow others. */
function uncovered(fits: readonly Fit[], touched: readonly Touched[]): string[] {
  const covering = fits.filter(({ row }) => row.covers);
  if (covering.some(({ event }) => event)) return [];
  if (covering.length === 0) return ['operation|purpose|recipient'];
  const covered = new Set(covering.flatMap(({ fields }) => fields));
  return touched.filter(field => !covered.has(field)).map(({ about }) => about);
}
