// SPDX-License-Identifier: Apache-2.0
// The cells of two versions side by side: every operation, form, purpose and category of recipients that either
// knows, with the rows that fit there, and the fields that neither can tell apart.
import type { PolicyBundle } from '../bundle.ts';
import { type Facts, readFacts } from '../facts.ts';
import { createVersionJudge, type VersionJudge } from '../judge-version.ts';
import { createPlan, type Plan } from '../plan.ts';
import type { Purpose } from '../policy-document.ts';
import { createRegisters } from '../registers.ts';
import { OPERATIONS } from '../rules-document.ts';
import { createVocabulary } from '../vocabulary.ts';
import { STRANGE } from './situations.ts';

/** The members of an event that choose its cell. */
export type Place = {
  operation?: string;
  form?: string;
  purpose?: string;
  parent_purpose?: string;
  /** '' = no recipient. */
  category: string;
};
export type Side = {
  bundle: PolicyBundle;
  judge: VersionJudge;
  planOf(place: Place): Plan;
  /** What an event states that touches one field and says nothing else. */
  factsWith(field: string): Facts;
};

/** One version, made to be searched: its dates do not matter. */
export function createSide(bundle: PolicyBundle): Side {
  const vocabulary = createVocabulary(bundle.policy);
  const registers = createRegisters(bundle.registers, bundle.policy.timezone);
  return {
    bundle,
    judge: createVersionJudge(bundle, 'strict'),
    planOf({ operation, form, purpose, parent_purpose, category }) {
      const cell = {
        operation: vocabulary.operations[vocabulary.operationIndex(operation)]!,
        form: vocabulary.forms[vocabulary.formIndex(form)]!,
        purpose: vocabulary.purposeSlot(purpose, parent_purpose),
        recipient: vocabulary.recipientSlot(category !== '', category),
      };
      return createPlan(cell, bundle.rules, vocabulary, registers);
    },
    factsWith: field => readFacts({ fields: [field] }, 0, 'listed', vocabulary),
  };
}

/** Fields that either version lists, and one that none does. */
export function fieldsOf(bundles: readonly PolicyBundle[]): string[] {
  const ids = bundles.flatMap(({ policy }) => policy.fields.map(({ id }) => id));
  return [...new Set(ids), 'unlisted.field'];
}

/** What happens most comes first, so that a search that is cut short has seen it. */
const OPERATIONS_TO_TRY = [...new Set(['use', 'provide', ...OPERATIONS]), undefined];

/** Every place, in the order of the vocabularies; of a purpose that leans on another, with one parent and without. */
export function placesOf(bundles: readonly PolicyBundle[]): Place[] {
  const purposes = purposePlaces(bundles.flatMap(({ policy }) => policy.purposes));
  const recipients = bundles.flatMap(({ policy }) => policy.recipients.map(({ id }) => id));
  const categories = ['', ...new Set(recipients), STRANGE];
  return OPERATIONS_TO_TRY.flatMap(operation =>
    [undefined, 'statistical'].flatMap(form =>
      purposes.flatMap(purpose =>
        categories.map(category => ({
          ...(operation && { operation }),
          ...(form && { form }),
          ...purpose,
          category,
        })),
      ),
    ),
  );
}

function purposePlaces(purposes: readonly Purpose[]): Pick<Place, 'purpose' | 'parent_purpose'>[] {
  const leaning = new Set(purposes.filter(({ requires_parent }) => requires_parent).map(({ id }) => id));
  const ids = [...new Set(purposes.map(({ id }) => id))];
  const parent = ids.find(id => !leaning.has(id));
  return [
    {},
    ...ids.flatMap(purpose => [
      { purpose },
      ...(leaning.has(purpose) && parent ? [{ purpose, parent_purpose: parent }] : []),
    ]),
    { purpose: 'unlisted_purpose' },
  ];
}

/** How a plan comes to its outcomes, of an event with at most one field. */
export type Decisions = {
  /** Registers, businesses and this being equal, two plans come to the same outcome of an event without a field. */
  rows: string;
  /** And this being equal too, of an event with the field. */
  byField: readonly string[];
};

export function decisionsOf(side: Side, { rows, predicates }: Plan, ids: readonly string[]): Decisions {
  const { literal, strict } = side.bundle.rules.fallback.no_rule;
  const alternatives = rows.flatMap(row => row.alternatives);
  const sets = alternatives.flatMap(({ fields }) => fields ?? []);
  const ofAllFields = predicates.filter(({ key }) => key.startsWith('fields only'));
  const byField = ids.map(id => {
    // A field that this version does not list is selected where unlisted fields are.
    const place = side.bundle.policy.fields.findIndex(field => field.id === id);
    const selected = sets.map(({ has, unlisted }) => Number(place < 0 ? unlisted : has[place]));
    const facts = side.factsWith(id);
    return [...selected, '/', ...ofAllFields.map(({ test }) => Number(test(facts)))].join('');
  });
  const decisions = rows.map(({ row, covers, gathers, alternatives: list }) => [
    [row.literal, row.strict, covers, gathers],
    list.map(one => [one.predicates.map(at => predicates[at]!.key), one.fields !== undefined]),
  ]);
  return { rows: JSON.stringify([literal, strict, decisions]), byField };
}

/**
 * The lists of fields to try in a cell: none, not stated, and one field each, together with those that neither
 * version tells from it. `onlyDiffering`: only those on whose outcome the two plans may differ.
 */
export function fieldsToTry(
  ids: readonly string[],
  a: Decisions,
  b: Decisions,
  onlyDiffering: boolean,
): (string[] | undefined)[] {
  const alike = new Map<string, string[]>();
  for (const [at, id] of ids.entries()) {
    const [before, after] = [a.byField[at]!, b.byField[at]!];
    if (onlyDiffering && a.rows === b.rows && before === after) continue;
    const key = `${before} ${after}`;
    alike.set(key, [...(alike.get(key) ?? []), id]);
  }
  return onlyDiffering && a.rows === b.rows ? [...alike.values()] : [undefined, [], ...alike.values()];
}
