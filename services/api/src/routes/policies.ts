// SPDX-License-Identifier: Apache-2.0
import { type PolicyBundle, verdictJson } from '@ashiato/policy';
import { verdictView } from '@ashiato/schema';
import { WarehouseError } from '@ashiato/warehouse';
import { z } from 'zod';
import type { ApiDeps } from '../api-deps.ts';
import { ApiError } from '../problems.ts';
import type { Route } from '../route.ts';

const listing = z.object({
  id: z.string(),
  version: z.string(),
  effective_from: z.string(),
  effective_to: z.string().nullable().describe('exclusive; null = until a later version starts'),
  sha256: z.string().describe('the name of the bundle in evidence'),
  source_sha256: z.string().describe('of the published text'),
});
const named = z.object({ id: z.string(), ja: z.string(), en: z.string() });
const counts = z.array(
  z.object({ clause: z.string(), count: z.int(), violations: z.int(), undetermined: z.int() }),
);
const policyView = listing.extend({
  clauses: z.array(named.extend({ lines: z.array(z.int()), basis: z.enum(['literal', 'strict']) })),
  groups: z.array(named.extend({ clause: z.string() })),
  fields: z.array(named.extend({ group: z.string() })),
  purposes: z.array(named.extend({ clause: z.string() })),
  businesses: z.array(named.extend({ clause: z.string() })),
  recipients: z.array(named.extend({ clause: z.string().nullable() })),
  references: z.array(named),
  counts: counts
    .nullable()
    .describe('how often each clause was named in a verdict; null while ClickHouse is down'),
});

export function policyRoutes(deps: ApiDeps): Route[] {
  return [listPolicies(deps), readPolicy(deps), evaluatePolicy(deps)];
}

const listingOf = ({ id, version, effective_from, effective_to, sha256, source_sha256 }: PolicyBundle) => ({
  id,
  version,
  effective_from,
  effective_to,
  sha256,
  source_sha256,
});

const listPolicies = ({ judge }: ApiDeps): Route => ({
  method: 'get',
  path: '/v1/policies',
  operationId: 'listPolicies',
  summary: 'The policy versions this trail judges by, in the order they come into force',
  action: 'policies.read',
  parameters: {},
  answer: z.object({ items: z.array(listing), next_cursor: z.null() }),
  problems: [],
  handle: async () => ({ items: judge.bundles.map(listingOf), next_cursor: null }),
});

function readPolicy({ judge, reports }: ApiDeps): Route {
  return {
    method: 'get',
    path: '/v1/policies/{id}/{version}',
    operationId: 'readPolicy',
    summary: 'The vocabulary of one version, with live counts per clause',
    action: 'policies.read',
    parameters: {},
    answer: policyView,
    problems: ['policy_not_found', 'query_over_limit'],
    async handle({ request }) {
      const { id, version } = request.params as { id: string; version: string };
      const bundle = judge.bundles.find(one => one.id === id && one.version === version);
      if (!bundle) throw new ApiError('policy_not_found', 'expected a version of GET /v1/policies');
      return { ...listingOf(bundle), ...vocabularyOf(bundle), counts: await countsOf(reports, bundle) };
    },
  };
}

function vocabularyOf({ policy }: PolicyBundle) {
  const name = ({ id, ja, en }: { id: string; ja: string; en: string }) => ({ id, ja, en });
  return {
    clauses: policy.clauses.map(clause => ({ ...name(clause), lines: clause.lines, basis: clause.basis })),
    groups: policy.groups.map(group => ({ ...name(group), clause: group.clause })),
    // A field's id is <group>.<name>.
    fields: policy.fields.map(field => ({
      ...name(field),
      group: field.id.slice(0, field.id.lastIndexOf('.')),
    })),
    purposes: policy.purposes.map(purpose => ({ ...name(purpose), clause: purpose.clause })),
    businesses: policy.businesses.map(business => ({ ...name(business), clause: business.clause })),
    recipients: policy.recipients.map(recipient => ({ ...name(recipient), clause: recipient.clause })),
    references: policy.references.map(name),
  };
}

/** The vocabulary is of use without the counts: a page can name what it shows while ClickHouse is away. */
async function countsOf(reports: ApiDeps['reports'], { id, version }: PolicyBundle) {
  try {
    return await reports.clauseCounts({ id, version });
  } catch (error) {
    if (error instanceof WarehouseError && error.code === 'UNREACHABLE') return null;
    throw error;
  }
}

const evaluatePolicy = ({ judge }: ApiDeps): Route => ({
  method: 'post',
  path: '/v1/policies:evaluate',
  operationId: 'evaluatePolicy',
  summary: 'Judges one event, recording nothing: the verdict it would get',
  action: 'policies.evaluate',
  parameters: {},
  body: z.record(z.string(), z.unknown()).describe('one CloudEvent; what is missing is judged as missing'),
  answer: verdictView,
  problems: ['invalid_body', 'body_too_large'],
  handle: async ({ request, reply }) => {
    reply.type('application/json; charset=utf-8');
    return verdictJson(judge.evaluate(request.body));
  },
});
