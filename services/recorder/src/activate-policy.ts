// SPDX-License-Identifier: Apache-2.0
// The evidence carries its own rules: every bundle is stored create-only by its hash, and its activation is a
// control event, committed like any other (DESIGN 6 "Log leaf", POLICY 3).
import { DEFAULT_RETENTION_MS } from '@ashiato/ledger';
import type { ObjectStore } from '@ashiato/objects';
import { bundleText, type PolicyBundle } from '@ashiato/policy';
import type { Publisher, Queue } from '@ashiato/queue';
import type { Logger } from '@ashiato/runtime';
import { TOPICS } from '@ashiato/schema';

/** Activates each; when it resolves, all of them are durable. Safe to repeat. */
export async function activatePolicies(
  bundles: readonly PolicyBundle[],
  { queue, objects, logger }: { queue: Queue; objects: ObjectStore; logger: Pick<Logger, 'info'> },
): Promise<void> {
  const publisher = queue.publisher();
  const now = () => new Date();
  const deps = { objects, publisher, topic: TOPICS.control, now, retentionMs: DEFAULT_RETENTION_MS };
  try {
    for (const bundle of bundles) {
      const done = await activatePolicy(bundle, deps);
      logger.info({ policy: bundle.id, version: bundle.version, sha256: bundle.sha256 }, `policy ${done}`);
    }
  } finally {
    await publisher.close();
  }
}

/**
 * Announces a bundle, then stores it, once per object store. If we die between the two, the next start announces
 * it again under the same id, which is a re-delivery and counts once.
 */
async function activatePolicy(
  bundle: PolicyBundle,
  deps: { objects: ObjectStore; publisher: Publisher; topic: string; now: () => Date; retentionMs: number },
): Promise<'activated' | 'known'> {
  const key = `policies/${bundle.sha256}.json`;
  if (await deps.objects.has(key)) return 'known';
  const event = activation(bundle, deps.now());
  await deps.publisher.publish([
    { topic: deps.topic, key: event.source, value: Buffer.from(JSON.stringify(event)) },
  ]);
  const retainUntil = new Date(deps.now().getTime() + deps.retentionMs);
  await deps.objects.create(key, Buffer.from(bundleText(bundle)), {
    retainUntil,
    contentType: 'application/json',
  });
  return 'activated';
}

function activation(bundle: PolicyBundle, now: Date) {
  const { id, version, sha256, source_sha256, effective_from, effective_to } = bundle;
  return {
    specversion: '1.0',
    id: `policy-${sha256}`,
    source: '/ashiato/recorder',
    type: 'io.ashiato.control.policy_activated.v1',
    time: now.toISOString(),
    datacontenttype: 'application/json',
    data: {
      policy: { id, version, sha256, source_sha256 },
      effective_from,
      ...(effective_to === null ? {} : { effective_to }),
    },
  };
}
