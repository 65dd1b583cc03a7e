// SPDX-License-Identifier: Apache-2.0
// The rows that can fit events of one operation, form, purpose and recipient category, made on first use.

import { type Predicate, predicatesOf, type Scene } from './predicates.ts';
import type { Registers } from './registers.ts';
import type { Row } from './rules-document.ts';
import { alternatives, type Conditions, type RulesDocument } from './rules-document.ts';
import type { Verdict } from './verdict.ts';
import type { FieldSlot, PurposeSlot, RecipientSlot, Vocabulary } from './vocabulary.ts';

/** What is fixed for all events of a plan. */
export type Cell = { operation: string; form: string; purpose: PurposeSlot; recipient: RecipientSlot };

export type FieldSet = { has: readonly boolean[]; unlisted: boolean };
export type Alternative = {
  /** Places among the plan's predicates; all must be true. */
  predicates: readonly number[];
  /** The fields that the row is about; undefined = the row is about the event. */
  fields: FieldSet | undefined;
  about: string | undefined;
};
export type PlanRow = {
  row: Row;
  covers: boolean;
  alternatives: readonly Alternative[];
  /** Conforming in both modes: its fields are gathered by group, since none of them needs to be named. */
  gathers: boolean;
};
export type Plan = {
  cell: Cell;
  predicates: readonly Predicate[];
  rows: readonly PlanRow[];
  /** For each field slot, its class: fields of one class cannot be told apart in any verdict of this plan. */
  classOf: readonly number[];
  classes: number;
  /** Verdicts by business and predicates, then by the classes of fields (two words of 30 bits). */
  verdicts: Map<number, Map<number, Verdict>>;
};

/** Words of a plan's field mask; beyond them verdicts are made anew each time. */
export const MASK_BITS = 30;

/** Selects the rows of a cell and prepares their tests. */
export function createPlan(
  cell: Cell,
  rules: RulesDocument,
  vocabulary: Vocabulary,
  registers: Registers,
): Plan {
  const selects = fieldSelector(cell);
  const scene: Scene = {
    purpose: cell.purpose.purpose,
    recipient: cell.recipient.recipient,
    registers,
    selects: (list, field) => {
      const slot = vocabulary.fieldById.get(field);
      return slot !== undefined && selects(list, slot);
    },
  };
  const predicates: Predicate[] = [];
  const place = (predicate: Predicate): number => {
    const known = predicates.findIndex(({ key }) => key === predicate.key);
    return known >= 0 ? known : predicates.push(predicate) - 1;
  };
  const rows = rules.rules.flatMap((row): PlanRow[] => {
    const fitting = alternatives(row).filter(when => fitsCell(when, row, rules, cell));
    if (fitting.length === 0) return [];
    const prepared = fitting.map(when => ({
      predicates: predicatesOf(when, scene).map(place),
      fields: fieldSet(when, vocabulary, selects),
      about: row.about ?? aboutNeed(when, cell),
    }));
    const gathers = row.literal === 'conforming' && row.strict === 'conforming';
    return [
      { row, covers: row.covers ?? rules.families[row.family]!.covers, alternatives: prepared, gathers },
    ];
  });
  const classOf = fieldClasses(rows, vocabulary.fields);
  return { cell, predicates, rows, classOf, classes: Math.max(0, ...classOf) + 1, verdicts: new Map() };
}

/** Whether an alternative of a row can fit events of the cell, as far as the cell decides it. */
export function fitsCell(when: Conditions, row: Row, rules: RulesDocument, cell: Cell): boolean {
  const family = rules.families[row.family]!;
  const { purpose, recipient } = cell;
  const any = (wanted: readonly string[] | undefined, words: readonly string[]) =>
    wanted === undefined || words.some(word => wanted.includes(word));
  const listed = recipient.recipient?.purposes?.includes(purpose.purpose?.id ?? '') ?? false;
  return (
    any(when.operation ?? family.operation, [cell.operation]) &&
    any(when.form ?? family.form, [cell.form]) &&
    any(when.purpose, purpose.words) &&
    any(when.parent, [purpose.parent]) &&
    any(when.recipient, recipient.words) &&
    !(when.recipient_not && any(when.recipient_not, recipient.words)) &&
    (when.recipient_purpose === undefined || (when.recipient_purpose === 'listed') === listed) &&
    (when.need === undefined || hasNeed(when.need, cell))
  );
}

function hasNeed(need: NonNullable<Conditions['need']>, { purpose }: Cell): boolean {
  const needs = purpose.purpose?.needs;
  if (need === 'reference') return needs?.references !== undefined;
  return need === 'channel' ? needs?.channels !== undefined : needs?.many_persons === true;
}

function aboutNeed({ need }: Conditions, { purpose }: Cell): string | undefined {
  if (need === 'channel') return 'channel';
  if (need === 'many_persons') return 'population|part';
  if (need === undefined) return undefined;
  return purpose.purpose?.needs?.references?.map(name => `refs.${name}`).join('|');
}

type Selects = (selectors: readonly string[], field: FieldSlot) => boolean;

/** What selectors mean in a cell. */
export function fieldSelector({ purpose, recipient }: Pick<Cell, 'purpose' | 'recipient'>): Selects {
  const selects: Selects = (selectors, field) =>
    selectors.some(selector => {
      if (selector === 'not_needed') return purpose.purpose?.not_needed?.includes(field.id) ?? false;
      if (selector === 'recipient') return selects(recipient.recipient?.fields ?? [], field);
      return selector === field.id || selector === field.group;
    });
  return selects;
}

function fieldSet(
  { field, field_not }: Conditions,
  { fields }: Vocabulary,
  selects: Selects,
): FieldSet | undefined {
  if (field) return { has: fields.map(slot => selects(field, slot)), unlisted: field.includes('unlisted') };
  if (field_not)
    return { has: fields.map(slot => !selects(field_not, slot)), unlisted: !field_not.includes('unlisted') };
  return undefined;
}

/**
 * Two fields share a class when the same rows are about them, all of these gather by group and hold in every event
 * of the plan, and the fields' group is the same. Any other field is alone in its class, since findings may name it.
 */
function fieldClasses(rows: readonly PlanRow[], fields: readonly FieldSlot[]): number[] {
  const byField = rows.flatMap(({ alternatives: list, ...row }) =>
    list.flatMap(({ fields: set, predicates }) =>
      set ? [{ ...row, set, fixed: predicates.length === 0 }] : [],
    ),
  );
  const mustBeCovered = byField.some(({ covers }) => covers);
  const classes = new Map<string, number>();
  return fields.map(({ index, group, id }) => {
    const about = byField.filter(({ set }) => set.has[index]);
    const covered = !mustBeCovered || about.some(({ covers, fixed }) => covers && fixed);
    const alike = covered && about.every(({ gathers, fixed }) => gathers && fixed);
    const key = alike ? `${about.length > 0 ? group : ''} ${about.map(({ row }) => row.code).join()}` : id;
    const known = classes.get(key);
    if (known !== undefined) return known;
    classes.set(key, classes.size);
    return classes.size - 1;
  });
}
