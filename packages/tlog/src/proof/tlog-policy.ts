// SPDX-License-Identifier: Apache-2.0
// Trust policies (c2sp.org/tlog-policy): which logs are known, which witnesses, and how many must have cosigned.
import { fromDecimal, textOf, toHex } from '../encoding.ts';
import { asValue, Malformed, refuse, shown } from '../malformed.ts';
import { parseVkey, type SignatureType, type VerifierKey } from '../note/keys.ts';

export interface PolicyLog {
  readonly key: VerifierKey;
  readonly url?: string;
}

export interface PolicyWitness {
  /** A name within the policy, not that of the key. */
  readonly name: string;
  readonly key: VerifierKey;
  readonly url?: string;
}

export interface PolicyGroup {
  readonly name: string;
  /** How many of `members` (witnesses and groups defined before) must have witnessed. */
  readonly threshold: number;
  readonly members: readonly string[];
}

export interface TlogPolicy {
  readonly logs: readonly PolicyLog[];
  readonly witnesses: readonly PolicyWitness[];
  readonly groups: readonly PolicyGroup[];
  /** A witness, a group or `none`. */
  readonly quorum: string;
}

export const MAX_POLICY_BYTES = 65_536;
export const NO_QUORUM = 'none';

const TYPES: Record<SignatureType, string> = {
  note: '0x01 (Ed25519)',
  cosignature: '0x04 (Ed25519 cosignature)',
};

interface Draft {
  logs: PolicyLog[];
  witnesses: PolicyWitness[];
  groups: PolicyGroup[];
  quorum: string | undefined;
  names: Set<string>;
  members: Set<string>;
  keys: Set<string>;
}

/** Untrusted in form only: a policy says whom to trust, so it MUST come from the one who verifies. */
export function parsePolicy(policy: Uint8Array | string): TlogPolicy | Malformed {
  return asValue(() => {
    if (policy.length > MAX_POLICY_BYTES)
      refuse('policy', `at most ${MAX_POLICY_BYTES} bytes`, `${policy.length}`);
    const text =
      typeof policy === 'string' ? policy : (textOf(policy) ?? refuse('policy', 'UTF-8', 'other bytes'));
    const draft: Draft = {
      logs: [],
      witnesses: [],
      groups: [],
      quorum: undefined,
      names: new Set([NO_QUORUM]),
      members: new Set(),
      keys: new Set(),
    };
    for (const [index, line] of text.split('\n').entries())
      readLine(draft, line, `policy: line ${index + 1}`);
    const { logs, witnesses, groups, quorum } = draft;
    return { logs, witnesses, groups, quorum: quorum ?? refuse('policy', 'a quorum line', 'none') };
  });
}

function readLine(draft: Draft, line: string, place: string): void {
  for (let at = 0; at < line.length; at++) {
    const code = line.charCodeAt(at);
    if ((code < 0x20 && code !== 9) || code === 0x7f) refuse(place, 'no control character', shown(line[at]!));
  }
  const [keyword, ...words] = line.split(/[ \t]+/).filter(word => word !== '');
  if (keyword === undefined || keyword.startsWith('#')) return;
  if (keyword === 'log') readLog(draft, words, place);
  else if (keyword === 'witness') readWitness(draft, words, place);
  else if (keyword === 'group') readGroup(draft, words, place);
  else if (keyword === 'quorum') readQuorum(draft, words, place);
  else refuse(place, 'log, witness, group or quorum', shown(keyword));
}

function readLog(draft: Draft, words: string[], place: string): void {
  const [vkey, url, ...more] = words;
  if (vkey === undefined || more.length > 0) refuse(place, 'log <vkey> [<url>]', `${words.length} words`);
  draft.logs.push({ key: keyOf(draft, 'log', vkey, 'note', place), ...(url === undefined ? {} : { url }) });
}

function readWitness(draft: Draft, words: string[], place: string): void {
  const [name, vkey, url, ...more] = words;
  if (name === undefined || vkey === undefined || more.length > 0) {
    refuse(place, 'witness <name> <vkey> [<url>]', `${words.length} words`);
  }
  define(draft, name, place);
  const key = keyOf(draft, 'witness', vkey, 'cosignature', place);
  draft.witnesses.push({ name, key, ...(url === undefined ? {} : { url }) });
}

/** Two lines for one public key would let one signer count twice, whatever the names. */
function keyOf(draft: Draft, role: string, vkey: string, type: SignatureType, place: string): VerifierKey {
  const key = parseVkey(vkey);
  if (key instanceof Malformed) refuse(`${place}: ${key.place}`, key.expected, key.found);
  if (key.type !== type)
    refuse(place, `a ${role} key, of type ${TYPES[type]}`, `one of type ${TYPES[key.type]}`);
  const identity = `${role} ${toHex(key.publicKey)}`;
  if (draft.keys.has(identity)) refuse(place, `each ${role} key once`, shown(key.name));
  draft.keys.add(identity);
  return key;
}

function readGroup(draft: Draft, words: string[], place: string): void {
  const [name, count, ...members] = words;
  if (name === undefined || count === undefined || members.length === 0) {
    refuse(place, 'group <name> all|any|<k> <name>...', `${words.length} words`);
  }
  for (const member of members) {
    if (member === NO_QUORUM || !draft.names.has(member))
      refuse(place, 'members defined above', shown(member));
    if (draft.members.has(member)) refuse(place, 'each name in one group only', shown(member));
    draft.members.add(member);
  }
  define(draft, name, place);
  const threshold = count === 'all' ? members.length : count === 'any' ? 1 : fromDecimal(count);
  if (!threshold || threshold > members.length) {
    refuse(place, `all, any or 1 to ${members.length}`, shown(count));
  }
  draft.groups.push({ name, threshold, members });
}

function readQuorum(draft: Draft, words: string[], place: string): void {
  const [name, ...more] = words;
  if (name === undefined || more.length > 0) refuse(place, 'quorum <name>', `${words.length} words`);
  if (draft.quorum !== undefined) refuse(place, 'one quorum line', 'a second');
  if (!draft.names.has(name)) refuse(place, 'a name defined above', shown(name));
  draft.quorum = name;
}

function define(draft: Draft, name: string, place: string): void {
  if (draft.names.has(name)) refuse(place, 'a name not yet taken', shown(name));
  draft.names.add(name);
}
