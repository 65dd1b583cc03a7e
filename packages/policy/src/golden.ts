// SPDX-License-Identifier: Apache-2.0
// The golden text of a policy: full reasons of every case, and the generated tables, cell by cell.
import type { CaseResult } from './cases.ts';
import type { Judge } from './compile.ts';
import type { PolicyDocument, Purpose, Recipient } from './policy-document.ts';
import type { Verdict } from './verdict.ts';

/** What a table needs to know of one policy: a time in force, and which kinds of words form its axes. */
export type Axes = {
  time: string;
  /** Kinds of purposes: of own use, and of joint use. */
  own: string;
  joint: string;
  /** Kind of the recipients of joint use. */
  partner: string;
};

/** Full reasons of cases, one block each. */
export function goldenReasons(results: readonly CaseResult[]): string {
  return results.map(({ name, verdict }) => `${name}\n${reasons(verdict)}`).join('\n');
}

function reasons({ literal, strict, findings }: Verdict): string {
  const lines = findings.map(
    ({ code, clauses, mode, about, ja, en }) =>
      `  ${code} [${clauses.join(' ')}] ${mode} ${about}\n    ${ja}\n    ${en}\n`,
  );
  return `  literal ${literal}, strict ${strict}\n${lines.join('')}`;
}

/** Own use: every purpose in every business, with what the purpose needs. */
export function ownUseCells(judge: Judge, { time, own }: Axes): string[] {
  const { purposes, businesses } = judge.bundles[0]!.policy;
  return purposes
    .filter(({ kind }) => kind === own)
    .flatMap(purpose =>
      businesses.map(({ id }) => {
        const data = { operation: 'use', fields: [], purpose: purpose.id, business: id, ...met(purpose) };
        return `${purpose.id} ${id}: ${cell(judge.evaluate({ time, data }))}`;
      }),
    );
}

/** Joint use: every purpose with every partner and one group of fields, with and without what the purpose needs. */
export function jointUseCells(judge: Judge, { time, joint, partner }: Axes): string[] {
  const { policy } = judge.bundles[0]!;
  const purposes = policy.purposes.filter(({ kind }) => kind === joint);
  const partners = policy.recipients.filter(({ kind }) => kind === partner);
  return purposes.flatMap(purpose =>
    partners.flatMap(recipient =>
      jointGroups(policy).map(({ id, fields }) => {
        const event = (needs: object) => ({
          time,
          data: {
            operation: 'provide',
            fields,
            purpose: purpose.id,
            business: policy.businesses[0]?.id,
            recipient: registered(judge, recipient),
            ...needs,
          },
        });
        const [given, missing] = [event(met(purpose)), event({})].map(one => cell(judge.evaluate(one)));
        return `${purpose.id} ${recipient.id} ${id}: ${given}; without reference ${missing}`;
      }),
    ),
  );
}

/** Groups whose clause is not the one about collecting. */
function jointGroups(policy: PolicyDocument): { id: string; fields: string[] }[] {
  return policy.groups
    .filter(({ clause }) => clause !== policy.collection?.clause)
    .map(({ id }) => ({
      id,
      fields: policy.fields.map(field => field.id).filter(field => field.startsWith(`${id}.`)),
    }));
}

/** Members that meet the strict needs of a purpose. */
function met({ needs }: Purpose): object {
  return {
    refs: needs?.references ? { [needs.references[0]!]: 'R-1' } : {},
    ...(needs?.channels ? { channel: needs.channels[0] } : {}),
    ...(needs?.many_persons ? { population: { count: 100 } } : {}),
  };
}

function registered(judge: Judge, recipient: Recipient): object {
  const entry = judge.bundles[0]!.registers.partners.find(partner => partner.recipient === recipient.id);
  return { category: recipient.id, id: entry?.id, area: entry?.areas[0] };
}

function cell({ literal, strict, findings }: Verdict): string {
  const adverse = findings.map(({ code }) => code).filter(code => !code.endsWith('_listed'));
  return `${literal} ${strict} (${[...new Set(adverse)].join(' ')})`;
}
