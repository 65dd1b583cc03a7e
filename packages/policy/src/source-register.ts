// SPDX-License-Identifier: Apache-2.0
// The registers of sources and systems, indexed: whose key counts for a source, and which systems are covered, when.
import type { PolicyBundle } from './bundle.ts';
import type { RegistersDocument } from './registers-document.ts';
import { startOfDay } from './zoned-day.ts';

/** An entry of the coverage register. */
export type RegisteredSystem = NonNullable<RegistersDocument['systems']>[number];

export interface SourceRegister {
  /** SHA-256 of the registers: what was checked with one register says nothing under another. */
  sha256: string;
  /** The key registered for the source at the instant (ms since 1970): of its longest prefix, whole segments only. */
  keyAt(source: string, at: number): string | undefined;
  /** Entries of the coverage register in force at any time within [from, to), ms since 1970. */
  systems(from: number, to: number): RegisteredSystem[];
}

/** Reads a bundle's registers; days start in its policy's time zone. */
export function sourceRegister({ registers, registers_sha256, policy }: PolicyBundle): SourceRegister {
  const dated = <T extends { from: string; to: string | null }>(entry: T) => ({
    entry,
    from: startOfDay(entry.from, policy.timezone),
    to: entry.to === null ? Number.POSITIVE_INFINITY : startOfDay(entry.to, policy.timezone),
  });
  const longestFirst = (registers.sources ?? [])
    .map(dated)
    .sort((a, b) => b.entry.prefix.length - a.entry.prefix.length);
  const systems = (registers.systems ?? []).map(dated);
  return {
    sha256: registers_sha256,
    keyAt: (source, at) =>
      longestFirst.find(({ entry, from, to }) => at >= from && at < to && isUnder(source, entry.prefix))
        ?.entry.public_key,
    systems: (first, end) =>
      systems.filter(({ from, to }) => from < end && to > first).map(({ entry }) => entry),
  };
}

/** Whether a source lies under a prefix, whole path segments only. */
export const isUnder = (source: string, prefix: string): boolean =>
  source === prefix || source.startsWith(`${prefix}/`);
