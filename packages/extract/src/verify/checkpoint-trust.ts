// SPDX-License-Identifier: Apache-2.0
// Whether the checkpoint is one to believe, on whose word. Keys come from whoever verifies, never from the extract.
import { Malformed } from '@ashiato/tlog';
import {
  type Accepted,
  checkPolicy,
  type PolicyRefusal,
  parsePolicy,
  type TlogPolicy,
} from '@ashiato/tlog/proof';
import { type FaultCode, Stop } from './fault.ts';
import { CHECKPOINT } from './members.ts';

export interface Trust {
  /** The log's public key as C2SP vkey. */
  logKey?: string;
  /** A C2SP tlog-policy. */
  policy?: string;
}

/** The policies that a checkpoint must meet, all of them; none: nothing was pinned. Throws Stop. */
export function policiesOf({ logKey, policy }: Trust): TlogPolicy[] {
  const texts = [
    ...(logKey === undefined ? [] : [`log ${logKey.trim()}\nquorum none\n`]),
    ...(policy === undefined ? [] : [policy]),
  ];
  return texts.map(text => {
    const parsed = parsePolicy(text);
    if (parsed instanceof Malformed) throw new Stop('trust_malformed', parsed.place, parsed.message);
    return parsed;
  });
}

/** The checkpoint that all of `policies` accept. Throws Stop. Untrusted: `note`. */
export function acceptedCheckpoint(note: string, policies: readonly TlogPolicy[]): Accepted {
  let accepted: Accepted | undefined;
  for (const policy of policies) {
    const verdict = checkPolicy(policy, note);
    if (verdict.outcome !== 'accepted') throw new Stop(...faultOf(verdict));
    if (!accepted || verdict.witnessed.length > accepted.witnessed.length) accepted = verdict;
  }
  return accepted!;
}

function faultOf(refusal: PolicyRefusal): [FaultCode, string, string] {
  switch (refusal.outcome) {
    case 'malformed':
      return ['checkpoint_malformed', CHECKPOINT, refusal.problem.message];
    case 'forged':
      return ['checkpoint_forged', CHECKPOINT, 'a signature by a known key does not verify'];
    case 'unsigned':
      return ['log_key', CHECKPOINT, 'no signature by a known key'];
    case 'unknown_log':
      return ['log_key', CHECKPOINT, `it is about ${refusal.origin}`];
    case 'no_quorum':
      return ['no_quorum', CHECKPOINT, `quorum ${refusal.quorum}, ${refusal.witnessed.length} cosigned`];
  }
}
