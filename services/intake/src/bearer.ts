// SPDX-License-Identifier: Apache-2.0
// Who sends, and what they may send.
import { can, type Tokens, type Verified } from '@ashiato/auth';
import type { Judged } from './judge-received.ts';
import { IntakeError } from './problems.ts';

export type Sender = Extract<Verified, { outcome: 'granted' }>;

/** Judges the `Authorization` header, which is untrusted, before any byte of the body is read. */
export function senderOf(authorization: string | undefined, tokens: Pick<Tokens, 'verify'>): Sender {
  const bearer = /^Bearer +([^\s]+) *$/i.exec(authorization ?? '')?.[1];
  if (bearer === undefined) {
    throw new IntakeError(
      'token_missing',
      'expected the header Authorization: Bearer <token of the role emitter>',
    );
  }
  const verified = tokens.verify(bearer);
  if (verified.outcome === 'refused') {
    throw new IntakeError(
      'token_refused',
      `the token is ${verified.reason}; ask the trail's admin for another`,
    );
  }
  if (can(verified.role, 'events.write')) return verified;
  throw new IntakeError('role_not_allowed', `expected a token of the role emitter, got ${verified.role}`);
}

/** All or nothing: one event that the sender may not send refuses the whole body. */
export function refuseForeign(sender: Sender, judged: Judged[]): void {
  const prefix = sender.scope.source_prefix;
  for (const [index, one] of judged.entries()) {
    if (one.kind !== 'event') continue;
    if (prefix !== undefined && !one.source.startsWith(prefix)) {
      throw new IntakeError(
        'source_not_allowed',
        `event ${index}: this token is for sources that begin with ${prefix}; nothing was kept`,
        { index, source_prefix: prefix },
      );
    }
    if (one.stream === 'control' && sender.role !== 'admin') {
      throw new IntakeError(
        'role_not_allowed',
        `event ${index}: control events need a token of the role admin, got ${sender.role}; nothing was kept`,
        { index },
      );
    }
  }
}
