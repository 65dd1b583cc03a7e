// SPDX-License-Identifier: Apache-2.0
// What the shape of a registers file cannot say: ids are the policy's, days are in order, no entry twice at a time.
import { checkNames, sectionsOf } from './check-policy.ts';
import { type Checker, checker } from './checker.ts';
import type { Problem } from './errors.ts';
import type { PolicyDocument } from './policy-document.ts';
import type { Read } from './read-document.ts';
import type { RegistersDocument } from './registers-document.ts';

/** Problems of the registers against the policy they belong to. */
export function checkRegisters(
  registers: RegistersDocument,
  policy: PolicyDocument,
  read: Read<unknown>,
): Problem[] {
  const sections = sectionsOf(policy);
  const check = checker(read);
  const { partners, agreements, sources = [], systems = [] } = registers;
  if (registers.policy !== policy.id)
    check.wrong(['policy'], JSON.stringify(policy.id), JSON.stringify(registers.policy));
  check.once(
    ['agreements'],
    agreements.map(({ id }) => id),
  );
  const known = new Set(partners.map(({ id }) => id));
  for (const [index, agreement] of agreements.entries())
    check.known(['agreements', index, 'partner'], agreement.partner, known, 'partner');
  for (const [name, entries] of Object.entries({ partners, agreements, sources, systems })) {
    for (const [index, entry] of entries.entries()) {
      checkNames([name, index], entry, sections, check);
      check.period([name, index, 'to'], entry.from, entry.to);
    }
  }
  checkOneAtATime('partners', partners, ({ id, recipient }) => `${id} as ${recipient}`, check);
  checkOneAtATime('sources', sources, ({ prefix }) => prefix, check);
  checkOneAtATime('systems', systems, ({ id }) => id, check);
  for (const [index, { sources: recorded, not_covered }] of systems.entries()) {
    if ((recorded.length === 0) === (not_covered !== undefined)) continue;
    const expected = 'either sources that record the system, or why it is not covered';
    check.wrong(['systems', index], expected, recorded.length === 0 ? 'neither' : 'both');
  }
  return check.problems;
}

/** Entries of one name MUST NOT overlap: which of them holds would be a matter of luck. */
function checkOneAtATime<T extends { from: string; to: string | null }>(
  section: string,
  entries: readonly T[],
  nameOf: (entry: T) => string,
  check: Checker,
): void {
  for (const [index, entry] of entries.entries()) {
    const earlier = entries
      .slice(0, index)
      .find(other => nameOf(other) === nameOf(entry) && overlap(other, entry));
    if (!earlier) continue;
    const expected = `one entry at a time for ${nameOf(entry)}`;
    check.wrong(
      [section, index, 'from'],
      expected,
      `${entry.from}, within the entry from ${earlier.from} to ${earlier.to ?? 'now'}`,
    );
  }
}

function overlap(a: { from: string; to: string | null }, b: { from: string; to: string | null }): boolean {
  return (b.to === null || a.from < b.to) && (a.to === null || b.from < a.to);
}
