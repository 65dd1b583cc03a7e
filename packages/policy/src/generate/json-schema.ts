// SPDX-License-Identifier: Apache-2.0
// The access event with the words of one version, as JSON Schema (draft 2020-12) for other languages.
import { accessEvent } from '@ashiato/schema';
import { z } from 'zod';
import type { PolicyBundle } from '../bundle.ts';

type Node = Record<string, unknown>;

/**
 * The published shape of an access event, with the policy's words in the place of any word. A producer that keeps
 * to it sends no word that the policy does not hold; the recorder takes other words too, and judges them.
 */
export function jsonSchemaOf({ policy }: PolicyBundle): Node {
  const { $schema, ...event } = z.toJSONSchema(accessEvent, { target: 'draft-2020-12' }) as Node;
  const words = {
    field: policy.fields,
    purpose: policy.purposes,
    business: policy.businesses,
    recipient: policy.recipients,
  };
  const put = (member: string, word: keyof typeof words): void => {
    const steps = member.split('.').flatMap(step => (step === 'items' ? [step] : ['properties', step]));
    const last = steps.pop()!;
    const parent = steps.reduce((node, step) => node[step] as Node, event);
    const { description } = parent[last] as Node;
    parent[last] = { ...(description === undefined ? {} : { description }), $ref: `#/$defs/${word}` };
  };
  put('data.fields.items', 'field');
  for (const member of ['data.purpose', 'data.parent_purpose']) put(member, 'purpose');
  for (const member of ['data.business', 'data.parent_business']) put(member, 'business');
  put('data.recipient.category', 'recipient');
  return {
    $schema,
    $id: `urn:ashiato:policy:${policy.id}:${policy.version}:access-event`,
    title: `Access event under ${policy.id} ${policy.version}`,
    ...event,
    $defs: Object.fromEntries(
      Object.entries(words).map(([word, list]) => [word, { type: 'string', enum: list.map(({ id }) => id) }]),
    ),
  };
}
