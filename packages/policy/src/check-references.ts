// SPDX-License-Identifier: Apache-2.0
// What a shape cannot say: every id that a policy file mentions must be declared, once.
import type { Problem } from './errors.ts';
import { type PolicyDocument, policyDocument } from './policy-document.ts';
import type { Read } from './read-document.ts';
import type { RegistersDocument } from './registers-document.ts';

export type At = readonly PropertyKey[];
type Sections = Record<
  'clause' | 'group' | 'field' | 'reference' | 'purpose' | 'business' | 'recipient' | 'prefix',
  ReadonlySet<string>
>;

const ids = (list: readonly { id: string }[]) => new Set(list.map(({ id }) => id));

/** Every id that the policy declares, by what it is. */
export function sectionsOf(policy: PolicyDocument): Sections {
  return {
    clause: ids(policy.clauses),
    group: ids(policy.groups),
    field: ids(policy.fields),
    reference: ids(policy.references),
    purpose: ids(policy.purposes),
    business: ids(policy.businesses),
    recipient: ids(policy.recipients),
    prefix: new Set(Object.keys(policy.prefixes)),
  };
}

/** A collector of problems about one file. */
export function checker(read: Read<unknown>) {
  const problems: Problem[] = [];
  return {
    problems,
    known(at: At, name: string, allowed: ReadonlySet<string>, kind: string): void {
      if (!allowed.has(name)) problems.push(read.problemAt(at, `a declared ${kind}`, JSON.stringify(name)));
    },
    once(at: At, names: readonly string[]): void {
      for (const [index, name] of names.entries()) {
        if (names.indexOf(name) === index) continue;
        problems.push(read.problemAt([...at, index], 'an id that was not used before', JSON.stringify(name)));
      }
    },
    wrong(at: At, expected: string, found: string): void {
      problems.push(read.problemAt(at, expected, found));
    },
  };
}

/** Problems inside the policy file. */
export function checkPolicy(policy: PolicyDocument, read: Read<unknown>): Problem[] {
  const sections = sectionsOf(policy);
  const check = checker(read);
  for (const name of Object.keys(policyDocument.shape)) {
    const section: unknown = Reflect.get(policy, name);
    if (!Array.isArray(section)) continue;
    check.once(
      [name],
      section.flatMap((entry: { id?: string }) => (entry.id === undefined ? [] : [entry.id])),
    );
    for (const [index, entry] of section.entries()) checkEntry([name, index], entry, sections, check);
  }
  if (policy.collection) {
    check.known(['collection', 'clause'], policy.collection.clause, sections.clause, 'clause');
    check.known(['collection', 'notice'], policy.collection.notice, sections.reference, 'reference');
  }
  for (const [index, { id }] of policy.fields.entries()) {
    check.known(['fields', index, 'id'], id.split('.')[0]!, sections.group, 'group');
  }
  for (const [index, { lines }] of policy.clauses.entries()) {
    if (lines[0] > lines[1] || lines[1] > policy.source.lines) {
      check.wrong(
        ['clauses', index, 'lines'],
        `lines within 1 to ${policy.source.lines}`,
        lines.join(' to '),
      );
    }
  }
  return check.problems;
}

type Entry = Partial<{
  clause: string | null;
  clauses: string[];
  group: string;
  dpv: string | string[];
  needs: { references?: string[] };
  not_needed: string[];
  purposes: string[];
  fields: string[];
}>;

function checkEntry(at: At, entry: Entry, sections: Sections, check: ReturnType<typeof checker>): void {
  const groupOrField = new Set([...sections.group, ...sections.field]);
  if (entry.clause) check.known([...at, 'clause'], entry.clause, sections.clause, 'clause');
  if (entry.group) check.known([...at, 'group'], entry.group, sections.group, 'group');
  const lists: [string, readonly string[] | undefined, ReadonlySet<string>, string][] = [
    ['clauses', entry.clauses, sections.clause, 'clause'],
    ['not_needed', entry.not_needed, sections.field, 'field'],
    ['purposes', entry.purposes, sections.purpose, 'purpose'],
    ['fields', entry.fields, groupOrField, 'field or group'],
    ['needs', entry.needs?.references, sections.reference, 'reference'],
  ];
  for (const [name, list, allowed, kind] of lists) {
    for (const value of list ?? []) check.known([...at, name], value, allowed, kind);
  }
  for (const term of entry.dpv === undefined ? [] : [entry.dpv].flat()) {
    check.known([...at, 'dpv'], term.split(':')[0]!, sections.prefix, 'prefix');
  }
}

/** Problems of the registers against the policy they belong to. */
export function checkRegisters(
  registers: RegistersDocument,
  policy: PolicyDocument,
  read: Read<unknown>,
): Problem[] {
  const sections = sectionsOf(policy);
  const check = checker(read);
  const partners = ids(registers.partners);
  if (registers.policy !== policy.id)
    check.wrong(['policy'], JSON.stringify(policy.id), JSON.stringify(registers.policy));
  check.once(
    ['partners'],
    registers.partners.map(({ id, from }) => `${id} from ${from}`),
  );
  check.once(
    ['agreements'],
    registers.agreements.map(({ id }) => id),
  );
  for (const [index, { recipient }] of registers.partners.entries()) {
    check.known(['partners', index, 'recipient'], recipient, sections.recipient, 'recipient');
  }
  for (const [index, agreement] of registers.agreements.entries()) {
    check.known(['agreements', index, 'partner'], agreement.partner, partners, 'partner');
    checkEntry(
      ['agreements', index],
      { purposes: agreement.purposes, fields: agreement.fields } as Entry,
      sections,
      check,
    );
  }
  return check.problems;
}
