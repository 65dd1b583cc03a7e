// SPDX-License-Identifier: Apache-2.0
// Conditions of a row that depend on more than operation, form, purpose and recipient category: small tests over
// the facts of one event, shared between rows by their key.
import { type Facts, hasReference } from './facts.ts';
import type { Purpose, Recipient } from './policy-document.ts';
import type { Registers } from './registers.ts';
import type { Conditions } from './rules-document.ts';

/** Equal keys MUST mean equal tests. */
export type Predicate = { key: string; test: (facts: Facts) => boolean };

export type Scene = {
  purpose: Purpose | undefined;
  recipient: Recipient | undefined;
  registers: Registers;
  /** Whether a field (by id) is in a list of selectors. */
  selects: (selectors: readonly string[], field: string) => boolean;
};

/** The tests of one alternative, in the order of the file's words. */
export function predicatesOf(when: Conditions, scene: Scene): Predicate[] {
  return [
    ...businessPredicates(when),
    ...needPredicates(when, scene),
    ...referencePredicates(when),
    ...registerPredicates(when, scene),
    ...personsPredicates(when),
    ...fieldsPredicates(when, scene),
  ];
}

function businessPredicates({ business }: Conditions): Predicate[] {
  if (!business) return [];
  const states = new Set<string>(business);
  return [{ key: `business ${business.join()}`, test: facts => states.has(facts.businessState) }];
}

function needPredicates({ need }: Conditions, { purpose }: Scene): Predicate[] {
  const needs = purpose?.needs;
  if (!need || !needs) return [];
  if (need === 'many_persons') return [{ key: 'one person', test: facts => !facts.manyPersons }];
  if (need === 'reference') return [noneOf(needs.references ?? [])];
  const channels = new Set<unknown>(needs.channels);
  return [{ key: `channel not of ${needs.channels?.join()}`, test: facts => !channels.has(facts.channel) }];
}

function noneOf(names: readonly string[]): Predicate {
  return {
    key: `none of ${names.join()}`,
    test: ({ refs }) => !names.some(name => hasReference(refs, name)),
  };
}

function referencePredicates({ refs_any, refs_none }: Conditions): Predicate[] {
  const tests: Predicate[] = [];
  if (refs_any) {
    const test = ({ refs }: Facts) => refs_any.some(name => hasReference(refs, name));
    tests.push({ key: `any of ${refs_any.join()}`, test });
  }
  if (refs_none) tests.push(noneOf(refs_none));
  return tests;
}

function registerPredicates(when: Conditions, { recipient, registers }: Scene): Predicate[] {
  const tests: Predicate[] = [];
  const partnerOf = (facts: Facts) => registers.partnerAt(facts.recipient.id, recipient?.id, facts.at);
  if (when.partner) {
    const wanted = when.partner === 'registered';
    tests.push({ key: `partner ${wanted}`, test: facts => (partnerOf(facts) !== undefined) === wanted });
  }
  if (when.area === 'missing') tests.push({ key: 'area missing', test: facts => !hasArea(facts) });
  if (when.area === 'other') {
    // Whose areas nobody knows (not registered) is another row's matter.
    const test = (facts: Facts) =>
      hasArea(facts) && partnerOf(facts)?.areas.has(facts.recipient.area) === false;
    tests.push({ key: 'area other', test });
  }
  if (when.agreement === 'ended') {
    tests.push({
      key: 'agreement ended',
      test: ({ refs, at }) => registers.agreementEnded(refs.agreement, at),
    });
  } else if (when.agreement) {
    const wanted = when.agreement === 'valid';
    const test = ({ refs, recipient: { id }, at }: Facts) =>
      registers.agreementCounts(refs.agreement, id, at) === wanted;
    tests.push({ key: `agreement ${wanted}`, test });
  }
  return tests;
}

function hasArea({ recipient: { area } }: Facts): boolean {
  return typeof area === 'string' && area !== '';
}

function personsPredicates({ persons }: Conditions): Predicate[] {
  if (!persons) return [];
  if ('below' in persons) {
    const { below } = persons;
    return [{ key: `persons below ${below}`, test: facts => !(facts.persons >= below) }];
  }
  const { at_least } = persons;
  return [{ key: `persons at least ${at_least}`, test: facts => facts.persons >= at_least }];
}

function fieldsPredicates({ fields }: Conditions, { selects }: Scene): Predicate[] {
  if (fields === undefined) return [];
  if (fields === 'missing') return [{ key: 'fields missing', test: facts => facts.fieldsMissing }];
  const test = (facts: Facts) =>
    facts.fields.length > 0 &&
    facts.unlisted.length === 0 &&
    facts.fields.every(({ id }) => selects(fields.only, id));
  return [{ key: `fields only ${fields.only.join()}`, test }];
}
