// SPDX-License-Identifier: Apache-2.0
// One request: who asks, for which case, in which language; and what the trail is told of all its accesses.
import type { Recipient, Vocabulary } from '@ashiato/policy/astmax-energy';
import type { ActorContext, Trail } from '@ashiato/sdk';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CASE_KINDS, type Case, type Cases, dayOf } from './cases.ts';
import { CALL_CENTRE, isEntrusted, type Sessions, type Staff } from './staff.ts';
import { type Texts, textsFor } from './texts/texts.ts';

export interface Visit {
  staff: Staff | undefined;
  deskCase: Case | undefined;
  texts: Texts;
  /** The hidden member of every form. */
  csrf: string;
}

declare module 'fastify' {
  interface FastifyRequest {
    visit: Visit;
  }
}

export { isLanguage } from './texts/texts.ts';

export const SESSION_COOKIE = 'desk_session';
export const LANGUAGE_COOKIE = 'desk_language';

/** Everything here is untrusted but what our own session says. */
export function visitOf(
  request: FastifyRequest,
  reply: FastifyReply,
  sessions: Sessions,
  cases: Cases,
): Visit {
  const staff = sessions.staffOf(request.cookies[SESSION_COOKIE]);
  const { lang, case: id = bodyOf(request).case } = request.query as Record<string, unknown>;
  const { number } = request.params as { number?: string };
  const found = staff && typeof id === 'string' ? cases.find(id, staff.id) : undefined;
  // A case about somebody else explains nothing here.
  const isOther = number !== undefined && found?.customer !== number;
  return {
    staff,
    deskCase: isOther ? undefined : found,
    texts: textsFor(lang, request.cookies[LANGUAGE_COOKIE], request.headers['accept-language']),
    csrf: reply.generateCsrf({ userInfo: holderOf(staff) }),
  };
}

/** For whom a form is made. */
export const holderOf = (staff: Staff | undefined) => staff?.id ?? 'nobody';

/** The members of a form that were given once. */
export function bodyOf({ body }: FastifyRequest): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(body ?? {}).filter(([, value]) => typeof value === 'string'));
}

/** What every access of this request has in common. */
export function contextOf({ visit }: FastifyRequest, trail: Trail<Vocabulary>): ActorContext<Vocabulary> {
  const { staff, deskCase } = visit;
  if (staff === undefined) return {};
  const entrusted = isEntrusted(staff);
  const category: Recipient = 'call_centre';
  return {
    actor: { ...staff, type: 'user' },
    business: 'electricity',
    purpose: deskCase === undefined ? 'customer_contact' : CASE_KINDS[deskCase.kind].purpose,
    refs: { ...refsOf(deskCase, trail), ...(entrusted && { agreement: CALL_CENTRE.agreement }) },
    ...(entrusted && { recipient: { category, id: CALL_CENTRE.id } }),
  };
}

function refsOf(deskCase: Case | undefined, trail: Trail<Vocabulary>) {
  if (deskCase === undefined) return {};
  const { id, kind, customer, opened_at } = deskCase;
  return {
    [CASE_KINDS[kind].reference]: id,
    ...(kind === 'bill' && { billing_period: dayOf(new Date(opened_at)).slice(0, 7) }),
    ...(customer !== undefined && { contract: trail.pseudonym('contract', `C-${customer}`) }),
  };
}
