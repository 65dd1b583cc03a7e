// SPDX-License-Identifier: Apache-2.0
// Who answers for jointly used data: a function of the fields' group and the kind of contract.
import type { PolicyDocument } from './policy-document.ts';

export type Responsible = PolicyDocument['responsible'][number];

/**
 * The parties that answer for fields of a group under one kind of contract; a policy that parses names exactly one
 * for each group in joint use. `chosen_by` says how the party itself is found: the contract names it, its area holds
 * the place, or the text names it. Without a kind, only parties that answer for every kind.
 */
export function responsibleFor(
  policy: Pick<PolicyDocument, 'responsible'>,
  group: string,
  contractKind?: string,
): Responsible[] {
  return policy.responsible.filter(
    ({ group: of, contract_kinds: kinds }) =>
      of === group && (kinds.length === 0 || (contractKind !== undefined && kinds.includes(contractKind))),
  );
}
