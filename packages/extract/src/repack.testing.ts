// SPDX-License-Identifier: Apache-2.0
// For tests: an extract changed by somebody who knows its format. Every hash of the manifest fits again, so that what
// is found is found by the evidence.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMemberFile, type PackedMember } from './build/member-file.ts';
import { writeZip } from './build/zip-file.ts';
import { bytesOf } from './trail.testing.ts';
import { MANIFEST, type Manifest } from './verify/manifest.ts';
import { openExtract } from './verify/members.ts';

export interface Edits {
  /** New text of members, from the old. */
  members?: Record<string, (text: string) => string>;
  manifest?: (manifest: Manifest) => Manifest;
}

export async function repack(
  bytes: Uint8Array,
  { members = {}, manifest = one => one }: Edits,
): Promise<Buffer> {
  const extract = await openExtract(bytesOf(bytes));
  const folder = await mkdtemp(join(tmpdir(), 'ashiato-repack-'));
  try {
    const packed: PackedMember[] = [];
    const put = async (name: string, text: string, method?: 0) => {
      const file = await createMemberFile(join(folder, String(packed.length)), name, method);
      file.write(text);
      packed.push(await file.end());
    };
    for (const { name } of extract.manifest.members) {
      const text = await extract.text(name);
      const edited = members[name]?.(text) ?? text;
      if (members[name] && edited === text) throw new Error(`${name} was to be changed and is the same`);
      await put(name, edited);
    }
    const facts = packed.map(one => one.facts);
    const changed = manifest({ ...structuredClone(extract.manifest), members: facts });
    await put(MANIFEST, `${JSON.stringify(changed, null, 2)}\n`, 0);
    const path = join(folder, 'extract.zip');
    await writeZip(path, packed);
    return await readFile(path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
