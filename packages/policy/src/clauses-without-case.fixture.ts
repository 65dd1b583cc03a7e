// SPDX-License-Identifier: Apache-2.0
// Outcomes that no event can give a clause of the first policy, and why. A test holds this list against the cases, both
// ways: an outcome is either here or in a case, and never in both.

const LISTED = 'the text lists the purpose; what it refuses is another purpose, a party or a field';
const NO_VERDICT = 'it lays a duty on somebody, or hours on a desk: registers, reports and detection show it';

const WHY: [clauses: string, outcomes: string, why: string][] = [
  ['C0', 'violation', 'reading the audit trail without a case is left open, as is a time under no version'],
  ['C2-P01 C2-P02 C2-P03 C2-P04 C2-P05 C2-P06 C2-P08 C2-P09 C2-P10 C2-P11', 'violation', LISTED],
  ['C3-J1 C3-J2 C3-J3 C3-J5 C3-J6 C6', 'violation', LISTED],
  ['C2-P07', 'undetermined', 'strict mode takes product development to need no reference, and any field'],
  ['C2-S', 'violation', 'statistics whose making is not proven are left open'],
  [
    'C2-B01 C2-B02 C2-B03 C2-B04 C2-B05 C2-B06 C2-B07 C2-B08 C2-B09 C2-B10 C2-B11',
    'violation undetermined',
    'a listed business is allowed; one that is missing or unlisted rests on the end of the list, C2-B12',
  ],
  [
    'C2-B12',
    'violation',
    'a business outside the list is left open, since the list takes in what goes with it',
  ],
  ['C3 C3-M1 C3-M2 C3-M3 C7', 'conforming violation undetermined', NO_VERDICT],
  ['C3-G1', 'undetermined', 'the basic fields are needed in every joint purpose'],
  ['C4-T1', 'undetermined', 'the customer consented, or did not'],
  ['C4-T3', 'violation', 'sharing that nothing explains is left open'],
];

/** `clause outcome`, and why there is no case. */
export const WITHOUT_CASE: ReadonlyMap<string, string> = new Map(
  WHY.flatMap(([clauses, outcomes, why]) =>
    clauses
      .split(' ')
      .flatMap(clause => outcomes.split(' ').map(outcome => [`${clause} ${outcome}`, why] as const)),
  ),
);
