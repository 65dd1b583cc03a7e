// SPDX-License-Identifier: Apache-2.0
// The golden text of a policy: full reasons of every case, and the generated tables, cell by cell.

import type { PolicyBundle } from './bundle.ts';
import { type CaseResult, type Cases, runCases, type Table } from './cases.ts';
import type { Judge } from './compile.ts';
import type { PolicyDocument, Purpose, Recipient } from './policy-document.ts';
import type { RegistersDocument } from './registers-document.ts';
import type { Verdict } from './verdict.ts';

/** What the golden files of a policy must hold, by file name. */
export function goldenTexts(judge: Judge, { cases, tables }: Cases): Map<string, string> {
  const lines = (list: readonly string[]) => `${list.join('\n')}\n`;
  return new Map([
    ['reasons.golden.txt', goldenReasons(runCases(judge, cases))],
    ...tables.map(table => [`${table.name}.golden.txt`, lines(tableCells(judge, table))] as const),
  ]);
}

/** Full reasons of cases, one block each. */
function goldenReasons(results: readonly CaseResult[]): string {
  return results.map(({ name, verdict }) => `${name}\n${reasons(verdict)}`).join('\n');
}

function reasons({ literal, strict, findings }: Verdict): string {
  const lines = findings.map(
    ({ code, clauses, mode, about, ja, en }) =>
      `  ${code} [${clauses.join(' ')}] ${mode} ${about}\n    ${ja}\n    ${en}\n`,
  );
  return `  literal ${literal}, strict ${strict}\n${lines.join('')}`;
}

/** The cells of a table, judged under the version in force at its time. */
export function tableCells(judge: Judge, table: Table): string[] {
  const bundle = judge.bundles.findLast(
    ({ effective_from }) => Date.parse(effective_from) <= Date.parse(table.time),
  );
  if (!bundle) return [];
  return table.recipients === undefined
    ? ownUseCells(judge, bundle.policy, table)
    : jointUseCells(judge, bundle, table);
}

/** Own use: every purpose in every business, with what the purpose needs. */
function ownUseCells(judge: Judge, { purposes, businesses }: PolicyDocument, table: Table): string[] {
  return purposes
    .filter(({ kind }) => kind === table.purposes)
    .flatMap(purpose =>
      businesses.map(({ id }) => {
        const data = { operation: 'use', fields: [], purpose: purpose.id, business: id, ...met(purpose) };
        return `${purpose.id} ${id}: ${cell(judge.evaluate({ time: table.time, data }))}`;
      }),
    );
}

/** Joint use: every purpose with every partner and one group of fields, with and without what the purpose needs. */
function jointUseCells(judge: Judge, { policy, registers }: PolicyBundle, table: Table): string[] {
  const purposes = policy.purposes.filter(({ kind }) => kind === table.purposes);
  const partners = policy.recipients.filter(({ kind }) => kind === table.recipients);
  return purposes.flatMap(purpose =>
    partners.flatMap(recipient =>
      jointGroups(policy).map(({ id, fields }) => {
        const event = (needs: object) => ({
          time: table.time,
          data: {
            operation: 'provide',
            fields,
            purpose: purpose.id,
            business: policy.businesses[0]?.id,
            recipient: registered(registers, recipient),
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

function registered({ partners }: RegistersDocument, recipient: Recipient): object {
  const entry = partners.find(partner => partner.recipient === recipient.id);
  return { category: recipient.id, id: entry?.id, area: entry?.areas[0] };
}

function cell({ literal, strict, findings }: Verdict): string {
  const adverse = findings.map(({ code }) => code).filter(code => !code.endsWith('_listed'));
  return `${literal} ${strict} (${[...new Set(adverse)].join(' ')})`;
}
