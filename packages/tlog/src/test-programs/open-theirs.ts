// SPDX-License-Identifier: Apache-2.0
// Opens what another implementation signed with keys of its own (test/vectors/judges). Argument: its JSON file.
import { readFileSync } from 'node:fs';
import { Malformed } from '../malformed.ts';
import { openNote, parseSkey, parseVkey, signText } from '../note/index.ts';

interface Theirs {
  skey: string;
  vkey: string;
  witness: string;
  note: string;
}

const theirs = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as Theirs[];
for (const { skey, vkey, witness, note } of theirs) {
  const [key, cosigner, signer] = [parseVkey(vkey), parseVkey(witness), parseSkey(skey)];
  if (key instanceof Malformed) throw key;
  if (cosigner instanceof Malformed) throw cosigner;
  if (signer instanceof Malformed) throw signer;
  const opened = openNote(note, [key, cosigner]);
  if (opened.outcome !== 'verified' || opened.signed.length !== 2)
    throw new Error(`${opened.outcome}: ${note}`);
  const changed = openNote(note.replace('\n', '!\n'), [key, cosigner]);
  if (changed.outcome !== 'forged') throw new Error(`a changed note is ${changed.outcome}`);
  const again = signText(opened.text, signer).bytes;
  if (
    !note.includes(
      Buffer.concat([Buffer.alloc(4), again])
        .toString('base64')
        .slice(6),
    )
  ) {
    throw new Error('our signature with their key differs from theirs');
  }
}
process.stdout.write(`ok: ${theirs.length} notes of theirs opened, changed ones refused\n`);
if (theirs.length === 0) process.exitCode = 1;
