// SPDX-License-Identifier: Apache-2.0
import { Malformed } from '../malformed.ts';
import { type Checkpoint, parseCheckpoint } from '../note/checkpoint.ts';
import type { VerifierKey } from '../note/keys.ts';
import { type NoteRefusal, openNote } from '../note/open-note.ts';
import { NO_QUORUM, type PolicyWitness, type TlogPolicy } from './tlog-policy.ts';

export interface Witnessed {
  readonly witness: PolicyWitness;
  /** Seconds since 1970, by the witness's clock. */
  readonly time: number;
}

export interface Accepted {
  readonly outcome: 'accepted';
  readonly checkpoint: Checkpoint;
  readonly log: VerifierKey;
  readonly witnessed: readonly Witnessed[];
}

export type PolicyRefusal =
  | NoteRefusal
  /** Well signed, by none of the policy's logs for this origin. */
  | { readonly outcome: 'unknown_log'; readonly origin: string }
  /** Signed by the log, cosigned by too few. */
  | { readonly outcome: 'no_quorum'; readonly quorum: string; readonly witnessed: readonly Witnessed[] };

export type PolicyVerdict = Accepted | PolicyRefusal;

/** Whether a signed checkpoint is one that the policy accepts, and on whose word. Untrusted input: `note`. */
export function checkPolicy(policy: TlogPolicy, note: Uint8Array | string): PolicyVerdict {
  const opened = openNote(
    note,
    [...policy.logs, ...policy.witnesses].map(({ key }) => key),
  );
  if (opened.outcome !== 'verified') return opened;
  const checkpoint = parseCheckpoint(opened.text);
  if (checkpoint instanceof Malformed) return { outcome: 'malformed', problem: checkpoint };
  const { origin } = checkpoint;
  const signed = new Map(opened.signed.map(({ key, time }) => [key, time]));
  // The name of a log's key is its origin: a log must not speak for another.
  const log = policy.logs.find(({ key }) => key.name === origin && signed.has(key))?.key;
  if (!log) return { outcome: 'unknown_log', origin };
  const witnessed = policy.witnesses.flatMap(witness => {
    const time = signed.get(witness.key);
    return time === undefined ? [] : [{ witness, time }];
  });
  if (!hasQuorum(policy, new Set(witnessed.map(({ witness }) => witness.name)))) {
    return { outcome: 'no_quorum', quorum: policy.quorum, witnessed };
  }
  return { outcome: 'accepted', checkpoint, log, witnessed };
}

/** One pass: a group's members are defined before it, each in one group only. */
function hasQuorum({ groups, quorum }: TlogPolicy, witnessed: Set<string>): boolean {
  for (const { name, threshold, members } of groups) {
    if (members.filter(member => witnessed.has(member)).length >= threshold) witnessed.add(name);
  }
  return quorum === NO_QUORUM || witnessed.has(quorum);
}
