// SPDX-License-Identifier: Apache-2.0
// Asks witnesses to cosign a checkpoint (c2sp.org/tlog-witness, add-checkpoint): each is told how the tree continues the
// one it knows. Their answers are untrusted: a signature counts once it verifies.
import { Malformed } from '@ashiato/tlog';
import { formatNote, type NoteSignature, openNote, parseNote } from '@ashiato/tlog/note';
import type { TlogPolicy } from '@ashiato/tlog/proof';
import { checkPolicy, type PolicyWitness } from '@ashiato/tlog/proof';

export interface Cosigned {
  /** With every cosignature that came; undefined when they are fewer than the policy's quorum. */
  note: string | undefined;
  /** By the witness's name in the policy: why it did not cosign. */
  refusals: Record<string, string>;
}

export interface Witnesses {
  /** @param prove hashes that show how the tree of the checkpoint continues an older one */
  cosign(
    checkpoint: { note: string; size: number },
    prove: (oldSize: number) => Promise<Uint8Array[]>,
  ): Promise<Cosigned>;
}

export function createWitnesses(policy: TlogPolicy, timeoutMs: number): Witnesses {
  const known = new Map<PolicyWitness, number>();

  /** One witness: a second try when it names another size than we remember. */
  async function ask(
    witness: PolicyWitness,
    { note, size }: { note: string; size: number },
    prove: (oldSize: number) => Promise<Uint8Array[]>,
  ): Promise<NoteSignature | string> {
    if (witness.url === undefined) return 'the policy has no URL for it';
    for (let tries = 0; tries < 2; tries++) {
      const old = known.get(witness) ?? 0;
      if (old > size) return `has seen ${old} entries, this checkpoint has ${size}`;
      const hashes = (await prove(old)).map(hash => `${Buffer.from(hash).toString('base64')}\n`).join('');
      const answer = await post(witness.url, `old ${old}\n${hashes}\n${note}`, timeoutMs);
      if (typeof answer === 'string') return answer;
      if (answer.status === 200) {
        known.set(witness, size);
        return signatureIn(answer.body, note, witness);
      }
      const told = answer.type === 'text/x.tlog.size' && /^(0|[1-9]\d{0,15})\n$/.exec(answer.body);
      if (answer.status !== 409 || !told) return `answered ${answer.status}`;
      known.set(witness, Number(told[1]));
    }
    return 'names another size each time';
  }

  return {
    async cosign(checkpoint, prove) {
      const asked = await Promise.all(policy.witnesses.map(witness => ask(witness, checkpoint, prove)));
      const parsed = parseNote(checkpoint.note);
      if (parsed instanceof Malformed) throw parsed;
      const signatures = asked.filter(answer => typeof answer !== 'string');
      const refusals = Object.fromEntries(
        policy.witnesses.flatMap(({ name }, i) => (typeof asked[i] === 'string' ? [[name, asked[i]]] : [])),
      );
      const note = formatNote({ ...parsed, signatures: [...parsed.signatures, ...signatures] });
      return { note: checkPolicy(policy, note).outcome === 'accepted' ? note : undefined, refusals };
    },
  };
}

async function post(url: string, body: string, timeoutMs: number) {
  try {
    const response = await fetch(`${url.replace(/\/$/, '')}/add-checkpoint`, {
      method: 'POST',
      body,
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    });
    return {
      status: response.status,
      type: response.headers.get('content-type') ?? '',
      body: (await response.text()).slice(0, 65_536),
    };
  } catch (error) {
    const { cause, message } = error as Error;
    return `does not answer: ${cause instanceof Error ? cause.message : message}`;
  }
}

/** The witness's own signature among the lines it answered, if it verifies. */
function signatureIn(lines: string, note: string, { key }: PolicyWitness): NoteSignature | string {
  const text = note.slice(0, note.lastIndexOf('\n\n') + 1);
  const answered = `${text}\n${lines}`;
  const opened = openNote(answered, [key]);
  if (opened.outcome !== 'verified') return `answered with a signature that is ${opened.outcome}`;
  const parsed = parseNote(answered);
  if (parsed instanceof Malformed) return parsed.message;
  return parsed.signatures.find(({ name, keyId }) => name === key.name && keyId === key.id)!;
}
