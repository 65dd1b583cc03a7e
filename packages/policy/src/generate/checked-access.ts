// SPDX-License-Identifier: Apache-2.0
// What the compiler asks of an access, given the vocabulary that was generated from a policy. Types alone.

/** What a generated vocabulary holds. */
export interface PolicyVocabulary {
  /** How the text was read: `literal` or `strict`. */
  reading: string;
  field: string;
  purpose: string;
  /** Purposes that lean on a parent purpose. */
  leaning: string;
  business: string;
  recipient: string;
  reference: string;
  /** Clause of each purpose, and of each recipient that has one. */
  clause: object;
  /** Fields by recipient (`none` = inside the company) and purpose. */
  allowed: object;
}

/** The members of an access that name words of the policy. */
export interface AccessWords<V extends PolicyVocabulary> {
  operation: 'collect' | 'receive' | 'use' | 'provide' | 'update' | 'erase';
  fields: readonly V['field'][];
  purpose: V['purpose'];
  parent_purpose?: V['purpose'] | undefined;
  business?: V['business'] | undefined;
  parent_business?: V['business'] | undefined;
  form?: 'identified' | 'statistical' | undefined;
  recipient?:
    | {
        category: V['recipient'];
        id?: string | undefined;
        area?: string | undefined;
        country?: string | undefined;
      }
    | undefined;
  refs?: { [R in V['reference']]?: string | undefined } | undefined;
}

/** The fields that conform for a purpose, when everything else is as the policy wants it. */
export type AllowedField<
  V extends PolicyVocabulary,
  Purpose extends V['purpose'],
  Recipient extends V['recipient'] | 'none' = 'none',
> = Word<Word<V['allowed'], Recipient>, Purpose> & string;

type Word<Table, Name> = Name extends keyof Table ? Table[Name] : never;

/**
 * An access as it is, or, where a field is not allowed for its purpose and recipient, a type that it is not: the
 * compiler then shows the reason at that field. For functions that take an access as literals:
 * `record<const A extends AccessWords<V>>(access: CheckedAccess<V, A>)`. Identified data used or provided is checked;
 * other operations and statistics do not go by purposes and fields. What is only known at run time is left to the judge.
 */
export type CheckedAccess<V extends PolicyVocabulary, A extends AccessWords<V>> = A extends {
  operation: 'use' | 'provide';
}
  ? A extends { form: 'statistical' }
    ? A
    : A extends { purpose: V['leaning'] }
      ? A extends { parent_purpose: infer Parent extends V['purpose'] }
        ? WithFields<V, A, Parent, RecipientOf<V, A>>
        : A & { parent_purpose: V['purpose'] }
      : WithFields<V, A, A['purpose'], RecipientOf<V, A>>
  : A;

type WithFields<
  V extends PolicyVocabulary,
  A extends AccessWords<V>,
  Purpose extends V['purpose'],
  Recipient extends V['recipient'] | 'none',
  Allowed = AllowedField<V, Purpose, Recipient>,
> = A['fields'][number] extends Allowed
  ? A
  : Omit<A, 'fields'> & {
      fields: readonly (
        | Extract<A['fields'][number], Allowed>
        | Refusal<V, Exclude<A['fields'][number], Allowed>, Purpose, Recipient>
      )[];
    };

type RecipientOf<V extends PolicyVocabulary, A> = A extends {
  recipient: { category: infer C extends V['recipient'] };
}
  ? C
  : 'none';

/** What the compiler shows is the reason; nobody names a field so. */
type Refusal<
  V extends PolicyVocabulary,
  Field extends string,
  Purpose extends string,
  Recipient extends string,
> = Recipient extends 'none'
  ? `${Field} is not allowed for ${Purpose} (${Clause<V, Purpose>}, ${V['reading']} reading)`
  : `${Field} is not allowed for ${Purpose} with ${Recipient} (${Clause<V, Purpose>}, ${Clause<V, Recipient>}, ${V['reading']} reading)`;

type Clause<V extends PolicyVocabulary, Name extends string> = Name extends keyof V['clause']
  ? V['clause'][Name] & string
  : 'no clause';
