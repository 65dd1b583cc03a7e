// SPDX-License-Identifier: Apache-2.0
// L13, L14: purposes and fields that strict mode leaves without each other.
import type { PolicyBundle } from '../bundle.ts';
import { type Draft, idsOf, type LintRule, listEn, listJa } from './draft.ts';

function unservedPurposes({ policy: { purposes, fields } }: PolicyBundle): Draft | undefined {
  const found = purposes.filter(({ not_needed = [] }) => fields.every(({ id }) => not_needed.includes(id)));
  if (found.length === 0) return undefined;
  return {
    clauses: found.map(({ clause }) => clause),
    about: idsOf(found),
    ja: `どの項目も要らないとされた目的がある: ${listJa(found)}。要る項目を見直す。`,
    en: `Purposes taken to need no field at all: ${listEn(found)}; look again at what each needs.`,
  };
}

function unneededFields({ policy: { purposes, fields, groups } }: PolicyBundle): Draft | undefined {
  const standing = purposes.filter(({ requires_parent }) => !requires_parent);
  const found = fields.filter(({ id }) => standing.every(({ not_needed }) => not_needed?.includes(id)));
  if (found.length === 0) return undefined;
  const held = new Set(found.map(({ id }) => id.split('.')[0]!));
  return {
    clauses: groups.filter(({ id }) => held.has(id)).map(({ clause }) => clause),
    about: idsOf(found),
    ja: `どの目的にも要らないとされた項目がある: ${listJa(found)}。集めるのをやめるか、目的を見直す。`,
    en: `Fields that no purpose is taken to need: ${listEn(found)}; stop collecting them, or look again at the purposes.`,
  };
}

export const VOCABULARY_RULES: Record<string, LintRule> = { L13: unservedPurposes, L14: unneededFields };
