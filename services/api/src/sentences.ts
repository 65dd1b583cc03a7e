// SPDX-License-Identifier: Apache-2.0
// Sentences of committed findings: from the shape of events, or from the policy bundle that judged. Bundles that no
// longer run are read back from where the recorder stored them before they judged.
import type { ObjectStore } from '@ashiato/objects';
import { describeFinding, type Judge, type PolicyBundle } from '@ashiato/policy';
import { readBundle } from '@ashiato/policy/trail';
import { describeSchemaFinding } from '@ashiato/schema';
import type { ApiDeps } from './api-deps.ts';

export interface SentencesDeps {
  judge: Judge;
  objects: Pick<ObjectStore, 'get'>;
  logger: { warn(about: object, text: string): void };
}

export function createSentences({ judge, objects, logger }: SentencesDeps): ApiDeps['sentences'] {
  /** Bundles read back, or being read; one that could not be read is asked for again by the next question. */
  const stored = new Map<string, Promise<PolicyBundle | undefined>>();

  async function read(sha256: string): Promise<PolicyBundle | undefined> {
    try {
      const object = await objects.get(`policies/${sha256}.json`);
      if (object) return readBundle(Buffer.from(object.bytes).toString('utf8'), sha256);
      logger.warn({ sha256 }, 'a policy bundle is not stored; findings under it speak by their code');
    } catch (error) {
      const { code } = error as { code?: string };
      logger.warn({ code, sha256 }, 'a policy bundle cannot be read; findings under it speak by their code');
    }
    stored.delete(sha256);
    return undefined;
  }

  async function bundleOf(sha256: string): Promise<PolicyBundle | undefined> {
    if (sha256 === '') return undefined; // judged under no version
    const running = judge.bundles.find(bundle => bundle.sha256 === sha256);
    if (running) return running;
    const bundle = stored.get(sha256) ?? read(sha256);
    stored.set(sha256, bundle);
    return bundle;
  }

  return async sha256 => {
    const bundle = await bundleOf(sha256);
    return finding => describeSchemaFinding(finding.code) ?? (bundle && describeFinding(bundle, finding));
  };
}
