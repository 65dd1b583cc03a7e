// SPDX-License-Identifier: Apache-2.0
// What an event's words can be under one policy: each dimension becomes a small list of slots, every possible
// value of a member falls into exactly one of them.
import type { PolicyDocument, Purpose, Recipient } from './policy-document.ts';
import { FORMS, OPERATIONS, UNLISTED } from './rules-document.ts';

export type PurposeSlot = {
  /** Place among `purposeSlots`. */
  index: number;
  /** The purpose that judges: of one that requires a parent, the parent. */
  purpose: Purpose | undefined;
  /** The words by which rows select it. */
  words: readonly string[];
  parent: 'given' | 'missing' | 'not_needed';
  clauses: readonly string[];
};
export type RecipientSlot = {
  index: number;
  recipient: Recipient | undefined;
  words: readonly string[];
};
export type BusinessSlot = {
  index: number;
  state: 'listed' | 'missing' | 'unlisted' | 'parent_missing';
  clauses: readonly string[];
};
export type FieldSlot = { index: number; id: string; group: string; clause: string };

export type Vocabulary = ReturnType<typeof createVocabulary>;

/** Indexes the words of a policy. All look-ups take any JSON value. */
export function createVocabulary(policy: PolicyDocument) {
  const fields = fieldSlots(policy);
  return {
    operations: [...OPERATIONS, UNLISTED] as const,
    forms: [...FORMS, UNLISTED] as const,
    operationIndex: wordIndex(OPERATIONS),
    formIndex: wordIndex(FORMS, 0),
    ...purposeLookup(policy),
    ...businessLookup(policy),
    ...recipientLookup(policy),
    fields,
    fieldById: new Map(fields.map(field => [field.id, field])),
    groupClauses: new Map(policy.groups.map(({ id, clause }) => [id, clause])),
  };
}

/** Index of a word in its list; one past the end for anything else. `absent` is the index where it is missing. */
function wordIndex(words: readonly string[], absent = words.length): (word: unknown) => number {
  const byWord = new Map<unknown, number>(words.map((word, index) => [word, index]));
  return word => (word === undefined || word === null ? absent : (byWord.get(word) ?? words.length));
}

function fieldSlots(policy: PolicyDocument): FieldSlot[] {
  const clauses = new Map(policy.groups.map(({ id, clause }) => [id, clause]));
  return policy.fields.map(({ id }, index) => {
    const group = id.split('.')[0]!;
    return { index, id, group, clause: clauses.get(group)! };
  });
}

function purposeLookup(policy: PolicyDocument) {
  const purposeSlots: PurposeSlot[] = [];
  const add = (slot: Omit<PurposeSlot, 'index'>): PurposeSlot => {
    purposeSlots.push({ ...slot, index: purposeSlots.length });
    return purposeSlots.at(-1)!;
  };
  const missing = add({ purpose: undefined, words: ['missing'], parent: 'not_needed', clauses: [] });
  const unlisted = add({ purpose: undefined, words: [UNLISTED], parent: 'not_needed', clauses: [] });
  const own = new Map<unknown, PurposeSlot>();
  for (const purpose of policy.purposes) {
    const parent = purpose.requires_parent ? 'missing' : 'not_needed';
    own.set(
      purpose.id,
      add({ purpose, words: [purpose.id, purpose.kind], parent, clauses: clausesOf(purpose) }),
    );
  }
  // A purpose that leans on a parent has one slot for each parent it can have.
  const byParent = new Map<unknown, Map<unknown, PurposeSlot>>();
  for (const child of policy.purposes.filter(purpose => purpose.requires_parent)) {
    const parents = new Map<unknown, PurposeSlot>();
    byParent.set(child.id, parents);
    for (const purpose of policy.purposes) {
      if (purpose.requires_parent) continue;
      const clauses = [...clausesOf(child), ...clausesOf(purpose)];
      parents.set(purpose.id, add({ purpose, words: [purpose.id, purpose.kind], parent: 'given', clauses }));
    }
  }
  const purposeSlot = (purpose: unknown, parent: unknown): PurposeSlot => {
    if (typeof purpose !== 'string') return missing;
    const parents = byParent.get(purpose);
    if (!parents || typeof parent !== 'string') return own.get(purpose) ?? unlisted;
    // A parent that itself leans on a parent states nothing; one in no clause is a purpose in no clause.
    return parents.get(parent) ?? (own.has(parent) ? own.get(purpose)! : unlisted);
  };
  return { purposeSlots, purposeSlot };
}

function clausesOf(purpose: Purpose): string[] {
  return purpose.clauses ?? [purpose.clause];
}

function businessLookup(policy: PolicyDocument) {
  const businessSlots: BusinessSlot[] = [];
  const add = (state: BusinessSlot['state'], clauses: readonly string[]): BusinessSlot => {
    businessSlots.push({ index: businessSlots.length, state, clauses });
    return businessSlots.at(-1)!;
  };
  const missing = add('missing', []);
  const unlisted = add('unlisted', []);
  const leaning = policy.businesses.filter(({ requires_parent }) => requires_parent);
  const standing = policy.businesses.filter(({ requires_parent }) => !requires_parent);
  const own = new Map<unknown, BusinessSlot>([
    ...standing.map(({ id, clause }) => [id, add('listed', [clause])] as const),
    ...leaning.map(({ id, clause }) => [id, add('parent_missing', [clause])] as const),
  ]);
  const byParent = new Map<unknown, Map<unknown, BusinessSlot>>(
    leaning.map(child => [
      child.id,
      new Map(standing.map(({ id, clause }) => [id, add('listed', [child.clause, clause])])),
    ]),
  );
  const businessSlot = (business: unknown, parent: unknown): BusinessSlot => {
    if (typeof business !== 'string') return missing;
    const parents = byParent.get(business);
    if (!parents || typeof parent !== 'string') return own.get(business) ?? unlisted;
    return parents.get(parent) ?? (own.has(parent) ? own.get(business)! : unlisted);
  };
  return { businessSlots, businessSlot };
}

function recipientLookup(policy: PolicyDocument) {
  const none: RecipientSlot = { index: 0, recipient: undefined, words: ['none'] };
  const unlisted: RecipientSlot = { index: 1, recipient: undefined, words: [UNLISTED] };
  const listed = policy.recipients.map((recipient, at) => ({
    index: at + 2,
    recipient,
    words: [recipient.id, recipient.kind],
  }));
  const byCategory = new Map<unknown, RecipientSlot>(listed.map(slot => [slot.recipient.id, slot]));
  const recipientSlots: RecipientSlot[] = [none, unlisted, ...listed];
  /** `present`: the event has a recipient; without one, the use stays inside. */
  const recipientSlot = (present: boolean, category: unknown): RecipientSlot =>
    present ? (byCategory.get(category) ?? unlisted) : none;
  return { recipientSlots, recipientSlot };
}
