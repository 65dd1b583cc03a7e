// SPDX-License-Identifier: Apache-2.0
// What a network operator has to know of contracts that change, as a file. Each row is provided under its own contract.
import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { notice } from '../answer-error.ts';
import type { Desk } from '../desk.ts';
import { html } from '../html.ts';
import { form, sendPage } from '../layout.ts';
import { AREAS } from '../sample-people.ts';
import { bodyOf } from '../visit.ts';

type Area = (typeof AREAS)[number];

/** Fields of the file, in the order of its columns. */
const FIELDS = [
  'basic.contract_number',
  'basic.name',
  'basic.address',
  'supply_point.supply_point_id',
  'supply_point.wheeling_capacity',
  'supply_point.contract_change_date',
] as const;
const COLUMNS = ['contract', 'name', 'address', 'supply_point', 'capacity', 'changed_on'];
const MOST = 500;

const recipientOf = (area: Area) =>
  ({ category: 'transmission_distribution_operator', id: `tdso-${area}`, area }) as const;

export function exportPages(app: FastifyInstance, desk: Desk): void {
  const { database, trail } = desk;
  const waiting = database.prepare("select count(*) as count from contracts where status = 'changing'");

  app.get('/export', (request, reply) => {
    const { visit } = request;
    const { texts } = visit;
    const options = AREAS.map(area => html`<option value="${area}">${texts.areas[area]}</option>`);
    const fields = html`<label>${texts.operator}<select name="area">${options}</select></label><button>${texts.download}</button>`;
    const body = html`<section class="card narrow"><h1>${texts.export}</h1><p>${texts.exportHint}</p>
<p>${texts.waiting(Number(waiting.get()!.count))}</p>${form(visit, '/export', fields)}</section>`;
    return sendPage(reply, texts.export, body);
  });

  app.post('/export', { config: { access: { purpose: 'wheeling_contract' } } }, async (request, reply) => {
    const { staff, texts } = request.visit;
    const area = AREAS.find(one => one === bodyOf(request).area);
    if (area === undefined) return notice(reply, texts.notFound, 400);
    if (staff!.role !== 'supply_clerk') {
      // Nothing was touched, but that somebody tried is worth knowing.
      const population = { count: Number(waiting.get()!.count) };
      await trail.record({
        operation: 'provide',
        fields: FIELDS,
        recipient: recipientOf(area),
        population,
        outcome: 'denied',
      });
      return notice(reply, texts.notAllowed, 403);
    }
    const csv = await provide(desk, area);
    return reply
      .type('text/csv; charset=utf-8')
      .header('content-disposition', `attachment; filename="${area}.csv"`)
      .send(csv);
  });
}

async function provide({ database, trail }: Desk, area: Area): Promise<string> {
  const rows = database
    .prepare(
      `select p.number, c.id as contract, p.name, p.address, c.supply_point_id as supply_point,
         c.wheeling_capacity as capacity, c.changed_on
       from contracts c join customers p on p.number = c.customer_number
       where c.status = 'changing' and c.area = ? order by c.id limit ${MOST}`,
    )
    .all(area);
  const told = database.prepare("update contracts set status = 'active' where id = ?");
  const operation_id = randomUUID();
  const released = await Promise.all(
    rows.map((row, i) =>
      trail.access(
        {
          operation: 'provide',
          subject: { ref: trail.subject(String(row.number)) },
          part: { operation_id, index: i + 1, of: rows.length },
          fields: FIELDS,
          recipient: recipientOf(area),
          refs: { contract: trail.pseudonym('contract', String(row.contract)) },
        },
        () => COLUMNS.map(name => cell(row[name])).join(','),
      ),
    ),
  );
  for (const { contract } of rows) told.run(contract!);
  return `${[COLUMNS.join(','), ...released].join('\r\n')}\r\n`;
}

/** Quoted, and never a formula where a spreadsheet opens it. */
function cell(value: unknown): string {
  const text = String(value ?? '');
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return `"${safe.replaceAll('"', '""')}"`;
}
