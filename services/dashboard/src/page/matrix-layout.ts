// SPDX-License-Identifier: Apache-2.0
// Lays usage rows out as a table: purposes in clause order, fields grouped as in the policy.
import type { UsageRow } from '@ashiato/schema';
import type { PolicyVocabulary } from './policy-vocabulary.ts';

export interface Tally {
  count: number;
  violations: number;
  undetermined: number;
}

export interface MatrixColumn {
  field: string;
  /** Empty for fields that stand in no group because the policy does not name them. */
  group: string;
  known: boolean;
  total: Tally;
}

export interface MatrixRow {
  purpose: string;
  clause: string;
  known: boolean;
  /** Accesses, each once however many fields it touches. */
  total: Tally;
  /** One place for each column; `undefined` where nothing was recorded. */
  cells: (Tally | undefined)[];
}

export interface MatrixGroup {
  group: string;
  known: boolean;
  span: number;
}

export interface Matrix {
  columns: MatrixColumn[];
  groups: MatrixGroup[];
  rows: MatrixRow[];
  total: Tally;
  /** Highest count of one cell, for the depth of the tint. */
  peak: number;
}

export interface UsageForMatrix {
  /** Rows of `by=purpose,field`: an access counts in each field it touches. */
  cells: readonly UsageRow[];
  /** Rows of `by=purpose`: an access counts once. */
  purposes: readonly UsageRow[];
}

const NONE: Tally = { count: 0, violations: 0, undetermined: 0 };

/**
 * `all` adds the purposes and fields of the policy that nobody used. Ids outside the policy are always
 * shown when used, after the known ones: hiding them would hide what needs attention most.
 */
export function layoutMatrix(
  usage: UsageForMatrix,
  policy: PolicyVocabulary | undefined,
  all: boolean,
): Matrix {
  const cells = tallyCells(usage.cells);
  const purposeTotals = new Map(usage.purposes.map(row => [row.purpose ?? '', toTally(row)]));
  for (const purpose of cells.keys()) if (!purposeTotals.has(purpose)) purposeTotals.set(purpose, NONE);
  const columns = orderColumns(columnTotals(usage.cells), policy, all);
  const rows = orderRows(purposeTotals, policy, all).map(row => ({
    ...row,
    cells: columns.map(column => cells.get(row.purpose)?.get(column.field)),
  }));
  return {
    columns,
    groups: spanGroups(columns),
    rows,
    total: [...purposeTotals.values()].reduce(addTallies, NONE),
    peak: Math.max(0, ...usage.cells.map(row => row.count)),
  };
}

/** 0 (nothing) to 6 (the peak), logarithmic, so that small counts beside large ones stay visible. */
export function heatLevel(count: number, peak: number): number {
  if (count <= 0 || peak <= 0) return 0;
  if (peak === 1) return 1;
  return 1 + Math.round((5 * Math.log(count)) / Math.log(Math.max(count, peak)));
}

function tallyCells(rows: readonly UsageRow[]): Map<string, Map<string, Tally>> {
  const cells = new Map<string, Map<string, Tally>>();
  for (const row of rows) {
    const purpose = row.purpose ?? '';
    const ofPurpose = cells.get(purpose) ?? new Map<string, Tally>();
    ofPurpose.set(row.field ?? '', addTallies(ofPurpose.get(row.field ?? '') ?? NONE, row));
    cells.set(purpose, ofPurpose);
  }
  return cells;
}

// An event has one purpose, so a field's cells never hold the same access twice and may be added up.
function columnTotals(rows: readonly UsageRow[]): Map<string, Tally> {
  const totals = new Map<string, Tally>();
  for (const row of rows) {
    const field = row.field ?? '';
    totals.set(field, addTallies(totals.get(field) ?? NONE, row));
  }
  return totals;
}

function orderColumns(
  totals: Map<string, Tally>,
  policy: PolicyVocabulary | undefined,
  all: boolean,
): MatrixColumn[] {
  const inPolicy = policy?.fields ?? [];
  const known = new Set(inPolicy.map(field => field.id));
  const groups = [...new Set(inPolicy.map(field => field.group))];
  const ordered = groups.flatMap(group => inPolicy.filter(field => field.group === group));
  return [
    ...ordered
      .filter(field => all || totals.has(field.id))
      .map(({ id, group }) => ({ field: id, group, known: true, total: totals.get(id) ?? NONE })),
    ...unknownIds(totals, known).map(field => ({
      field,
      group: '',
      known: false,
      total: totals.get(field)!,
    })),
  ];
}

function orderRows(totals: Map<string, Tally>, policy: PolicyVocabulary | undefined, all: boolean) {
  const inPolicy = policy?.purposes ?? [];
  const known = new Set(inPolicy.map(purpose => purpose.id));
  return [
    ...inPolicy
      .filter(purpose => all || totals.has(purpose.id))
      .map(({ id, clause }) => ({ purpose: id, clause, known: true, total: totals.get(id) ?? NONE })),
    ...unknownIds(totals, known).map(id => ({
      purpose: id,
      clause: '',
      known: false,
      total: totals.get(id)!,
    })),
  ];
}

function unknownIds(totals: Map<string, Tally>, known: Set<string>): string[] {
  return [...totals.keys()].filter(id => !known.has(id)).sort();
}

function spanGroups(columns: readonly MatrixColumn[]): MatrixGroup[] {
  const groups: MatrixGroup[] = [];
  for (const { group, known } of columns) {
    const last = groups.at(-1);
    if (last && last.group === group && last.known === known) last.span += 1;
    else groups.push({ group, known, span: 1 });
  }
  return groups;
}

function toTally({ count, violations, undetermined }: Tally): Tally {
  return { count, violations, undetermined };
}

function addTallies(a: Tally, b: Tally): Tally {
  return {
    count: a.count + b.count,
    violations: a.violations + b.violations,
    undetermined: a.undetermined + b.undetermined,
  };
}
