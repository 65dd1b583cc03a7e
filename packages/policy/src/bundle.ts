// SPDX-License-Identifier: Apache-2.0
// What a version of a policy is, with the hashes by which evidence names it.
import { canonicalHash, canonicalJson } from './canonical.ts';
import { PolicyError } from './errors.ts';
import type { PolicyDocument } from './policy-document.ts';
import type { RegistersDocument } from './registers-document.ts';
import type { RulesDocument } from './rules-document.ts';
import { startOfDayText } from './zoned-day.ts';

/** One version of a policy with its registers. Plain JSON: it may be stored and read back. */
export type PolicyBundle = {
  id: string;
  version: string;
  /** RFC 3339 start of the first day in force, in the policy's time zone; inclusive. */
  effective_from: string;
  /** Exclusive; null = until a later version starts. */
  effective_to: string | null;
  /** SHA-256 of the canonical JSON of rules and registers together: the name of the bundle in evidence. */
  sha256: string;
  rules_sha256: string;
  registers_sha256: string;
  /** SHA-256 of the published text that the policy encodes. */
  source_sha256: string;
  policy: PolicyDocument;
  rules: RulesDocument;
  registers: RegistersDocument;
};

/** Names the documents of one version. */
export function bundleOf(
  policy: PolicyDocument,
  rules: RulesDocument,
  registers: RegistersDocument,
): PolicyBundle {
  const { id, version, timezone, effective_from, effective_to } = policy;
  return {
    id,
    version,
    effective_from: startOfDayText(effective_from, timezone),
    effective_to: effective_to && startOfDayText(effective_to, timezone),
    sha256: canonicalHash({ policy, rules, registers }),
    rules_sha256: canonicalHash({ policy, rules }),
    registers_sha256: canonicalHash(registers),
    source_sha256: policy.source.sha256,
    policy,
    rules,
    registers,
  };
}

/** Whether a bundle, perhaps read back from a store, is what its names and hashes say. */
export function isTrueToName(bundle: PolicyBundle): boolean {
  const { policy, rules, registers } = bundle;
  return canonicalHash(bundle) === canonicalHash(bundleOf(policy, rules, registers));
}

/** The bytes whose SHA-256 is the bundle's `sha256`: what evidence keeps of a policy. */
export function bundleText({ policy, rules, registers }: PolicyBundle): string {
  return canonicalJson({ policy, rules, registers });
}

/**
 * A bundle read back from `bundleText`. Throws `PolicyError` MISMATCH where the text has not this SHA-256, so where
 * it is not the policy that evidence names.
 */
export function readBundle(text: string, sha256: string): PolicyBundle {
  const { policy, rules, registers } = JSON.parse(text) as Pick<
    PolicyBundle,
    'policy' | 'rules' | 'registers'
  >;
  const bundle = bundleOf(policy, rules, registers);
  if (bundle.sha256 === sha256) return bundle;
  throw new PolicyError('MISMATCH', `expected the policy with SHA-256 ${sha256}, got ${bundle.sha256}`);
}
