// SPDX-License-Identifier: Apache-2.0
// records.csv: RFC 4180, UTF-8 with a byte order mark, cells that a spreadsheet would run defused.
import type { ShownRecord } from '../verify/record-line.ts';
import { partsOf } from './record-parts.ts';

const COLUMNS = [
  'id',
  'time',
  'appended_at',
  'source',
  'sequence',
  'event_id',
  'actor',
  'org',
  'role',
  'subject',
  'population',
  'operation',
  'form',
  'fields',
  'purpose',
  'business',
  'recipient',
  'recipient_id',
  'provider_id',
  'refs',
  'outcome',
  'verdict',
  'findings',
] as const;

const cell = (value: string): string => {
  // A spreadsheet takes such a cell for a formula (OWASP "CSV Injection"); an apostrophe makes it text.
  const safe = /^[=+\-@\t\r\n＝＋－＠]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};
const row = (cells: readonly string[]): string => `${cells.map(cell).join(',')}\r\n`;

export const csvHead = (): string => `\ufeff${row(COLUMNS)}`;

/** Lists are separated by spaces, references as kind=id. */
export function csvRow(record: ShownRecord): string {
  const { event, line, staff } = record;
  const parts = partsOf(record);
  const verdict = 'unreadable' in line ? null : line.verdict;
  const values: Record<(typeof COLUMNS)[number], string> = {
    id: record.id,
    time: parts.text(event, 'time'),
    appended_at: new Date(line.appended_at).toISOString(),
    source: parts.text(event, 'source'),
    sequence: parts.text(event, 'sequence'),
    event_id: parts.text(event, 'id'),
    actor: parts.text(staff, 'id'),
    org: parts.text(staff, 'org'),
    role: parts.text(staff, 'role'),
    subject: parts.subject,
    population: parts.population,
    operation: parts.operation,
    form: parts.form,
    fields: parts.fields.join(' '),
    purpose: parts.purpose,
    business: parts.business,
    recipient: parts.recipient,
    recipient_id: parts.recipientId,
    provider_id: parts.providerId,
    refs: Object.entries(parts.refs)
      .map(([kind, id]) => `${kind}=${id}`)
      .join(' '),
    outcome: 'unreadable' in line ? 'unreadable' : parts.outcome,
    verdict: verdict?.outcome ?? '',
    findings: verdict?.findings.map(({ code }) => code).join(' ') ?? '',
  };
  return row(COLUMNS.map(column => values[column]));
}
