// SPDX-License-Identifier: Apache-2.0
export {
  type Accepted,
  checkPolicy,
  type PolicyRefusal,
  type PolicyVerdict,
  type Witnessed,
} from './check-policy.ts';
export {
  type PolicyGroup,
  type PolicyLog,
  type PolicyWitness,
  parsePolicy,
  type TlogPolicy,
} from './tlog-policy.ts';
export {
  formatTlogProof,
  type ProofVerdict,
  parseTlogProof,
  type TlogProof,
  verifyTlogProof,
} from './tlog-proof.ts';
