// SPDX-License-Identifier: Apache-2.0
// What the shape of a policy file cannot say: every id that it mentions is declared, once; days and lines are in order.
import { type At, type Checker, checker } from './checker.ts';
import type { Problem } from './errors.ts';
import { type PolicyDocument, policyDocument } from './policy-document.ts';
import type { Read } from './read-document.ts';
import { responsibleFor } from './responsible.ts';

const ids = (list: readonly { id: string }[] = []): ReadonlySet<string> => new Set(list.map(({ id }) => id));

export type Sections = ReturnType<typeof sectionsOf>;

/** Every id that the policy declares, by what it is. */
export function sectionsOf(policy: PolicyDocument) {
  const [group, field] = [ids(policy.groups), ids(policy.fields)];
  const [recipient, role] = [ids(policy.recipients), ids(policy.roles)];
  return {
    clause: ids(policy.clauses),
    group,
    field,
    'field or group': new Set([...field, ...group]),
    reference: ids(policy.references),
    channel: ids(policy.channels),
    purpose: ids(policy.purposes),
    business: ids(policy.businesses),
    recipient,
    'recipient or role': new Set([...recipient, ...role]),
    area: ids(policy.areas),
    'kind of contract': ids(policy.contract_kinds),
    prefix: new Set(Object.keys(policy.prefixes)),
  };
}

/** Members that name ids, wherever they stand in a file, and what they name. */
const NAMES: Record<string, keyof Sections> = {
  clause: 'clause',
  clauses: 'clause',
  opt_out: 'clause',
  open_lists: 'clause',
  repeated: 'clause',
  group: 'group',
  items: 'group',
  not_needed: 'field',
  fields: 'field or group',
  purposes: 'purpose',
  recipient: 'recipient',
  users: 'recipient',
  beneficiaries: 'recipient',
  party: 'recipient or role',
  contract_kinds: 'kind of contract',
  areas: 'area',
  notice: 'reference',
  references: 'reference',
  channels: 'channel',
};

/** Checks the ids that an entry names, and those of the entries below it. */
export function checkNames(at: At, entry: object, sections: Sections, check: Checker): void {
  for (const [name, value] of Object.entries(entry)) {
    const kind = NAMES[name];
    for (const [index, part] of ([value].flat() as unknown[]).entries()) {
      const place = Array.isArray(value) ? [...at, name, index] : [...at, name];
      if (typeof part === 'object' && part !== null) checkNames(place, part, sections, check);
      else if (typeof part !== 'string') continue;
      else if (kind) check.known(place, part, sections[kind], kind);
      else if (name === 'dpv') check.known(place, part.split(':')[0]!, sections.prefix, 'prefix');
    }
  }
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
    for (const [index, entry] of section.entries()) checkNames([name, index], entry, sections, check);
  }
  checkNames(['collection'], policy.collection ?? {}, sections, check);
  for (const [index, { id }] of policy.fields.entries()) {
    check.known(['fields', index, 'id'], id.split('.')[0]!, sections.group, 'group');
  }
  for (const [index, { clause, ground }] of policy.recipients.entries()) {
    if ((clause === null) === (ground === undefined)) continue;
    const expected =
      clause === null ? 'no ground, for no clause speaks of it' : 'the ground that the text names';
    check.wrong(['recipients', index, 'ground'], expected, ground ?? 'nothing');
  }
  checkOrder(policy, check);
  checkText(policy, sections, check);
  checkResponsible(policy, check);
  return check.problems;
}

function checkOrder(policy: PolicyDocument, check: Checker): void {
  check.period(['effective_to'], policy.effective_from, policy.effective_to);
  for (const [index, { lines }] of policy.clauses.entries())
    check.lines(['clauses', index, 'lines'], lines, policy.source.lines);
  for (const [index, { open, close }] of policy.calendars.entries())
    if (close <= open) check.wrong(['calendars', index, 'close'], `a time after ${open}`, close);
}

function checkText({ text, source }: PolicyDocument, sections: Sections, check: Checker): void {
  if (!text) return;
  const { topics = {}, footnotes = [], ...facts } = text;
  checkNames(['text'], facts, sections, check);
  for (const [topic, clause] of Object.entries(topics))
    check.known(['text', 'topics', topic], clause, sections.clause, 'clause');
  for (const [index, footnote] of footnotes.entries()) {
    const at = ['text', 'footnotes', index];
    checkNames(at, footnote, sections, check);
    check.lines([...at, 'line'], [footnote.line, footnote.line], source.lines);
    const { defined_on: line } = footnote;
    if (line !== null) check.lines([...at, 'defined_on'], [line, line], source.lines);
  }
}

/** Who answers for data is a function: one party for each group in joint use and each kind of contract. */
function checkResponsible(policy: PolicyDocument, check: Checker): void {
  const shared = (policy.text?.joint_use ?? []).flatMap(({ items }) => items);
  const groups = new Set([...shared, ...policy.responsible.map(({ group }) => group)]);
  const kinds = policy.contract_kinds?.map(({ id }) => id) ?? [];
  for (const group of groups) {
    for (const kind of kinds.length > 0 ? kinds : [undefined]) {
      const parties = responsibleFor(policy, group, kind).map(({ party }) => party);
      const about = kind === undefined ? group : `${group} under a contract of kind ${kind}`;
      if (parties.length === 1) continue;
      check.wrong(['responsible'], `one party that answers for ${about}`, parties.join(' and ') || 'none');
    }
  }
}
