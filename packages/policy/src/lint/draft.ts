// SPDX-License-Identifier: Apache-2.0
// What a lint rule says of a policy, and how it lists names in both languages.
import type { PolicyBundle } from '../bundle.ts';

export type Draft = {
  clauses: readonly string[];
  /** Left out: those of the clauses. */
  lines?: readonly (readonly [number, number])[];
  about: readonly string[];
  ja: string;
  en: string;
};
/** Undefined where the policy does not have the defect. */
export type LintRule = (bundle: PolicyBundle) => Draft | undefined;

type Words = { ja: string; en: string };

export const listJa = (words: readonly Words[]): string => words.map(({ ja }) => ja).join('、');
export const listEn = (words: readonly Words[]): string => words.map(({ en }) => en).join(', ');
export const idsOf = (list: readonly { id: string }[]): string[] => list.map(({ id }) => id);

/** The words with these ids, in the order of the list; what is not declared stands for itself. */
export function named<T extends Words & { id: string }>(list: readonly T[], ids: readonly string[]): Words[] {
  return ids.map(id => list.find(word => word.id === id) ?? { ja: id, en: id });
}
