// SPDX-License-Identifier: Apache-2.0
// The members of an extract: which there are, in which order, and that each has the hash of the manifest.

import { createSha256 } from '#sha256';
import { README } from '../render/readme-text.ts';
import { LOG } from './coverage.ts';
import { type Fault, Stop } from './fault.ts';
import { MANIFEST, type Manifest, parseManifest } from './manifest.ts';
import type { ZipMember } from './zip-layout.ts';
import { type ByteSource, contentOf, openZip } from './zip-reader.ts';

export const CHECKPOINT = 'checkpoint';
export const LOG_POLICY = 'log-policy';
export const SEGMENTS = 'proofs/segments.jsonl';
export const RECORDS = 'records.jsonl';
export const TABLE = 'records.csv';
export const COMPLETENESS = 'completeness.json';
export const PAGE = 'verify.html';
export const summaryName = (language: 'ja' | 'en'): string => `summary.${language}.html`;
export const policyName = (sha256: string): string => `policy/${sha256}.json`;

/** Every member but the manifest, in the order in which they are packed. */
export function memberNames(policies: readonly string[]): string[] {
  return [
    README,
    CHECKPOINT,
    LOG_POLICY,
    ...policies.map(policyName),
    LOG,
    SEGMENTS,
    RECORDS,
    TABLE,
    summaryName('ja'),
    summaryName('en'),
    COMPLETENESS,
    PAGE,
  ];
}

/** What may be held in memory at once; the three that grow with the trail are streamed. */
const MOST_BYTES = 2 ** 26;
const MOST_MANIFEST_BYTES = 2 ** 22;

export interface OpenExtract {
  manifest: Manifest;
  /** The content of a member, in pieces. */
  stream(name: string): AsyncGenerator<Uint8Array>;
  /** A member as text. Throws Stop. */
  text(name: string): Promise<string>;
  /** Holds every member against the manifest's hashes; names each that differs. */
  damaged(onBytes: (count: number) => void): Promise<Fault[]>;
}

/** Opens the file and reads its manifest. Throws Stop. Untrusted: all of it. */
export async function openExtract(source: ByteSource): Promise<OpenExtract> {
  const members = new Map((await openZip(source)).map(member => [member.name, member]));
  const stored = members.get(MANIFEST);
  if (!stored) throw new Stop('member_missing', MANIFEST, 'there is no manifest');
  if (stored.method !== 0) throw new Stop('zip_altered', MANIFEST, 'the manifest is packed');
  const manifest = parseManifest(await textIn(source, stored, MOST_MANIFEST_BYTES));
  if (!manifest) throw new Stop('manifest_malformed', MANIFEST, 'not spelled as manifests are');
  checkNames(manifest, [...members.keys()]);
  const facts = new Map(manifest.members.map(one => [one.name, one]));
  const member = (name: string) => members.get(name)!;

  return {
    manifest,
    stream: name => contentOf(source, member(name)),
    text: name => textIn(source, member(name), MOST_BYTES),
    async damaged(onBytes) {
      const faults: Fault[] = [];
      for (const [name, { sha256, stored_sha256, size }] of facts) {
        const found = await hashesOf(source, member(name), onBytes);
        const detail =
          found instanceof Stop ? found.fault.detail : differing({ sha256, stored_sha256, size }, found);
        if (detail !== undefined) faults.push({ code: 'member_altered', place: name, detail });
      }
      return faults;
    },
  };
}

function checkNames(manifest: Manifest, found: readonly string[]): void {
  const listed = manifest.members.map(({ name }) => name);
  const expected = memberNames(manifest.policies);
  const missing = expected.find(name => !listed.includes(name)) ?? listed.find(name => !found.includes(name));
  if (missing !== undefined) throw new Stop('member_missing', missing, 'expected it among the members');
  const unlisted = [
    ...listed.filter(name => !expected.includes(name)),
    ...found.filter(name => name !== MANIFEST && !listed.includes(name)),
  ];
  if (unlisted[0] !== undefined) throw new Stop('member_unlisted', unlisted[0], 'no member of an extract');
  const order = [...expected, MANIFEST].join('\n');
  if (found.join('\n') !== order || [...listed, MANIFEST].join('\n') !== order)
    throw new Stop('zip_altered', MANIFEST, 'the members are not in their order');
}

type Hashes = { sha256: string; stored_sha256: string; size: number };

async function hashesOf(
  source: ByteSource,
  member: ZipMember,
  onBytes: (count: number) => void,
): Promise<Hashes | Stop> {
  const content = createSha256();
  const packed = createSha256();
  let size = 0;
  try {
    const onStored = (piece: Uint8Array) => {
      packed.update(piece);
      onBytes(piece.length);
    };
    for await (const piece of contentOf(source, member, onStored)) {
      content.update(piece);
      size += piece.length;
    }
  } catch (fault) {
    if (fault instanceof Stop) return fault;
    throw fault;
  }
  return { sha256: content.hex(), stored_sha256: packed.hex(), size };
}

function differing(stated: Hashes, found: Hashes): string | undefined {
  for (const name of ['sha256', 'stored_sha256', 'size'] as const) {
    if (stated[name] !== found[name])
      return `${name}: the manifest states ${stated[name]}, found ${found[name]}`;
  }
  return undefined;
}

async function textIn(source: ByteSource, member: ZipMember, most: number): Promise<string> {
  if (member.size > most) throw new Stop('member_malformed', member.name, `more than ${most} bytes`);
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let text = '';
  try {
    for await (const piece of contentOf(source, member)) text += decoder.decode(piece, { stream: true });
    return text + decoder.decode();
  } catch (cause) {
    if (cause instanceof TypeError) throw new Stop('member_malformed', member.name, 'not UTF-8');
    throw cause;
  }
}
