// SPDX-License-Identifier: Apache-2.0
// Measures events judged a second on one core, beside JSON.parse of the same events. Run: node scripts/bench.ts
import { fileURLToPath } from 'node:url';
import { compile, verdictJson } from '../src/index.ts';
import { loadPolicies } from '../src/load.ts';

const COUNT = 50_000;
const ROUNDS = 10;
const folder = fileURLToPath(new URL('../policies/astmax-energy', import.meta.url));
const judge = compile(await loadPolicies(folder));
const { purposes, fields, businesses } = judge.bundles[0]!.policy;
const own = purposes.filter(({ kind, requires_parent }) => kind === 'own' && !requires_parent);

/** Own use that conforms: each event has a purpose, a business and a set of fields of its own. */
function ownUse(index: number): string {
  const purpose = own[index % own.length]!;
  const allowed = fields.filter(({ id }) => !purpose.not_needed?.includes(id));
  const touched = allowed.filter((_, place) => Math.imul(index + 1, 2654435761 + place * 40503) >>> 28 < 3);
  const needed = purpose.needs?.references?.[0];
  return JSON.stringify({
    specversion: '1.0',
    id: `e-${index}`,
    source: '/crm/1',
    type: 'io.ashiato.access.v1',
    time: new Date(Date.UTC(2026, 5, 1) + index * 997).toISOString(),
    data: {
      actor: { id: 'emp-1', type: 'user', org: 'own', role: 'operator' },
      subject: { ref: `K-${index}` },
      operation: 'use',
      fields: touched.map(({ id }) => id),
      purpose: purpose.id,
      business: businesses[index % (businesses.length - 1)]!.id,
      ...(purpose.needs?.many_persons ? { part: { operation_id: 'op-1', index: 1, of: 50 } } : {}),
      ...(purpose.needs?.channels ? { channel: purpose.needs.channels[0] } : {}),
      refs: needed ? { [needed]: `R-${index}` } : {},
      outcome: 'success',
    },
  });
}

const texts = Array.from({ length: COUNT }, (_, index) => ownUse(index));
const events = texts.map(text => JSON.parse(text) as unknown);

/** The best of some rounds, in events a second of processor time (so that neighbours on the machine do not count). */
function measure(step: (index: number) => void): number {
  let best = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const start = process.cpuUsage();
    for (let index = 0; index < COUNT; index++) step(index);
    const { user, system } = process.cpuUsage(start);
    best = Math.max(best, (COUNT * 1e6) / (user + system));
  }
  return Math.round(best);
}

let bytes = 0;
const unlisted = events.map((event, index) => {
  const { data, ...envelope } = event as { data: { fields: string[] } };
  return { ...envelope, data: { ...data, fields: [...data.fields, `other.f${index}`] } };
});
const figures = {
  events: COUNT,
  conforming: events.filter(event => judge.evaluate(event).outcome === 'conforming').length,
  parse_per_second: measure(index => JSON.parse(texts[index]!)),
  evaluate_per_second: measure(index => judge.evaluate(events[index])),
  evaluate_anew_per_second: measure(index => judge.evaluate(unlisted[index])),
  evaluate_and_json_per_second: measure(index => {
    bytes += verdictJson(judge.evaluate(events[index]), 'committed').length;
  }),
  stringify_per_second: measure(index => {
    bytes += JSON.stringify(judge.evaluate(events[index])).length;
  }),
};
if (bytes === 0) throw new Error('nothing was serialised');
process.stdout.write(`${JSON.stringify(figures, null, 2)}\n`);
