// SPDX-License-Identifier: Apache-2.0
// Which fields a purpose may touch, by who receives: asked of the judge, so that it holds for any policy.
import type { PolicyBundle } from '../bundle.ts';
import { createSide } from '../probe/cells.ts';
import { met, patchesOf } from '../probe/patches.ts';
import type { Mode } from '../verdict.ts';
import { startOfDay } from '../zoned-day.ts';

/** In the place of a category of recipients: use inside the company. */
export const INSIDE = 'none';
const AREA = 'somewhere';

/** Field ids by category of recipients and purpose; what has no field is left out. */
export type AllowedFields = ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>;

/**
 * The fields with which an access conforms when everything else is as the policy wants it: references given, the
 * recipient registered, with an agreement. Registers do not matter, so a partner that comes or goes changes nothing.
 * Of identified data used inside the company or provided to others; a purpose that leans on another is as that one.
 */
export function allowedFields(bundle: PolicyBundle, mode: Mode): AllowedFields {
  const { policy } = bundle;
  const side = createSide({ ...bundle, registers: everyoneRegistered(bundle) });
  const at = startOfDay(policy.effective_from, policy.timezone);
  const business = policy.businesses.find(({ requires_parent }) => !requires_parent)?.id;
  const fieldsOf = (category: string, purpose: string): string[] => {
    const place = { operation: category === '' ? 'use' : 'provide', purpose, category };
    const patches = patchesOf([side.planOf(place)], business === undefined ? [] : [business]);
    const { category: _, ...words } = place;
    const recipient = { category, id: category, area: AREA };
    const bare = { ...words, ...(category && { recipient }), refs: { agreement: `agreement-${category}` } };
    const data = met(bare, patches);
    return policy.fields
      .map(({ id }) => id)
      .filter(id => side.judge({ ...data, fields: [id] }, at)[mode] === 'conforming');
  };
  const standing = policy.purposes.filter(({ requires_parent }) => !requires_parent);
  return new Map(
    ['', ...policy.recipients.map(({ id }) => id)].map(category => {
      const byPurpose = standing.map(({ id }) => [id, fieldsOf(category, id)] as const);
      return [category || INSIDE, new Map(byPurpose.filter(([, fields]) => fields.length > 0))];
    }),
  );
}

/** Registers in which every category has a partner, by the category's own name, and each of them an agreement. */
function everyoneRegistered({ policy, registers }: PolicyBundle): PolicyBundle['registers'] {
  const from = policy.effective_from;
  const entry = { from, to: null, known_since: from, supervised_on: null };
  const named = { legal_name: '-', address: '-', representative: '-' };
  return {
    ...registers,
    partners: policy.recipients.map(({ id }) => ({ id, recipient: id, ...entry, ...named, areas: [AREA] })),
    agreements: policy.recipients.map(({ id }) => ({
      id: `agreement-${id}`,
      partner: id,
      ...entry,
      nda: true,
    })),
  };
}
