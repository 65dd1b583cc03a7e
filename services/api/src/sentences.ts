// SPDX-License-Identifier: Apache-2.0
// Sentences of a committed finding: from the shape of events, or from the policy bundle that judged.
import { describeFinding, type Judge } from '@ashiato/policy';
import { type CommittedFinding, describeSchemaFinding } from '@ashiato/schema';

export type Sentences = (
  policySha256: string,
  finding: CommittedFinding,
) => { ja: string; en: string } | undefined;

export function createSentences(judge: Judge): Sentences {
  const bundles = new Map(judge.bundles.map(bundle => [bundle.sha256, bundle]));
  return (sha256, finding) => {
    const ofSchema = describeSchemaFinding(finding.code);
    if (ofSchema) return ofSchema;
    const bundle = bundles.get(sha256);
    return bundle && describeFinding(bundle, finding);
  };
}
