// SPDX-License-Identifier: Apache-2.0
// Which events a row can fit: one that fits none is dead text, one that can cite nothing explains nothing.
import { type Cell, fieldSelector, fitsCell } from './plan.ts';
import type { PolicyDocument } from './policy-document.ts';
import type { Conditions, Row, RulesDocument } from './rules-document.ts';
import { createVocabulary, type FieldSlot } from './vocabulary.ts';

export type Reached = {
  /** Whether some event can meet all conditions, whatever the registers hold. */
  fits: boolean;
  /** In words: where the row fits and no clause stands for it; undefined = nowhere. */
  uncited: string | undefined;
  /** Lines of the source at which the clauses it can cite begin and end. */
  lines: number[];
};
export type Reach = (row: Row, when: Conditions) => Reached;

/** Looks at one alternative of a row in every purpose and with every recipient of the policy. */
export function createReach(rules: RulesDocument, policy: PolicyDocument): Reach {
  const { purposeSlots, recipientSlots, businessSlots, fields } = createVocabulary(policy);
  const linesOf = new Map(policy.clauses.map(({ id, lines }) => [id, lines]));
  const states = new Set<string>(businessSlots.map(({ state }) => state));
  return (row, when) => {
    const reached: Reached = { fits: false, uncited: undefined, lines: [] };
    const family = rules.families[row.family]!;
    const [operation, form] = [(when.operation ?? family.operation)[0]!, (when.form ?? family.form)[0]!];
    if (contradicts(when) || when.business?.every(state => !states.has(state))) return reached;
    const cited = new Set(row.clauses.filter(clause => !clause.startsWith('$')));
    const add = (clauses: readonly string[]) => {
      for (const clause of clauses) cited.add(clause);
    };
    if (row.clauses.includes('$business')) add(businessSlots.flatMap(({ clauses }) => clauses));
    for (const purpose of purposeSlots) {
      for (const recipient of recipientSlots) {
        const cell = { operation, form, purpose, recipient };
        if (!fitsCell(when, row, rules, cell) || !canMeet(when, cell, fields)) continue;
        reached.fits = true;
        // With a parent, a purpose leads to the parent's rows: these tell the lines of the parent.
        if (row.clauses.includes('$purpose') && purpose.parent !== 'given') add(purpose.clauses);
        if (row.clauses.includes('$field')) add(chosenFields(when, cell, fields).map(({ clause }) => clause));
        if (row.clauses.includes('$recipient')) add([recipient.recipient?.clause ?? []].flat());
        if (!alwaysCites(row, when, cell))
          reached.uncited ??= `purpose is ${purpose.words[0]} and recipient is ${recipient.words[0]}`;
      }
    }
    reached.lines = [...cited].flatMap(clause => linesOf.get(clause) ?? []);
    return reached;
  };
}

/** Conditions that exclude each other in every event. */
function contradicts({ refs_any, refs_none = [], fields, field, field_not, agreement }: Conditions): boolean {
  if (refs_any?.every(name => refs_none.includes(name))) return true;
  if (agreement && agreement !== 'absent' && refs_none.includes('agreement')) return true;
  return fields === 'missing' && (field ?? field_not) !== undefined;
}

/** Whether events of the cell can meet what the cell itself does not decide. */
function canMeet(when: Conditions, cell: Cell, fields: readonly FieldSlot[]): boolean {
  const { purpose, recipient } = cell;
  const { refs_any, need, partner, area, agreement } = when;
  const needed = purpose.purpose?.needs?.references;
  if (need === 'reference' && refs_any?.every(name => needed?.includes(name))) return false;
  // Registers know partners by their category, and nobody by none.
  if ((partner === 'registered' || area === 'other') && !recipient.recipient) return false;
  if (agreement === 'valid' && recipient.words[0] === 'none') return false;
  const { field, field_not } = when;
  const unlisted =
    typeof when.fields !== 'object' && (field?.includes('unlisted') ?? !field_not?.includes('unlisted'));
  const aboutFields = field ?? field_not ?? (typeof when.fields === 'object' ? when.fields : undefined);
  return aboutFields === undefined || unlisted || chosenFields(when, cell, fields).length > 0;
}

/** The listed fields that the alternative can be about, in this cell. */
function chosenFields(
  { fields: together, field, field_not }: Conditions,
  cell: Cell,
  fields: readonly FieldSlot[],
) {
  const selects = fieldSelector(cell);
  return fields.filter(slot => {
    if (typeof together === 'object' && !selects(together.only, slot)) return false;
    return field ? selects(field, slot) : !(field_not && selects(field_not, slot));
  });
}

/** Whether each event of the cell that the row fits gets a clause with the finding. */
function alwaysCites(row: Row, { business, field }: Conditions, { purpose, recipient }: Cell): boolean {
  const aboutNothing = row.literal === 'conforming' && row.strict === 'conforming';
  return row.clauses.some(clause => {
    if (clause === '$purpose') return purpose.clauses.length > 0;
    if (clause === '$recipient') return Boolean(recipient.recipient?.clause);
    if (clause === '$business')
      return business?.every(state => state === 'listed' || state === 'parent_missing');
    // A row that allows its fields also speaks of an event that touched none, and then of no group.
    if (clause === '$field') return field !== undefined && !field.includes('unlisted') && !aboutNothing;
    return true;
  });
}
