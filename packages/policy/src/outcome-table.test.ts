// SPDX-License-Identifier: Apache-2.0
// The outcome table of the first policy written a second time, by hand and without the engine, and compared with it.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compile } from './compile.ts';
import { bundles, type GeneratedData, type GeneratedEvent, generatedEvent } from './event.fixture.ts';
import {
  BUSINESSES,
  C,
  CELLS,
  DESK,
  ENDS,
  G1,
  G2,
  G3,
  JOINT,
  KIND,
  LISTED,
  OWN,
  PARTNERS,
  type Pair,
  R,
  START,
  U,
  V,
} from './outcome-words.fixture.ts';
import type { Outcome } from './verdict.ts';

const has = (data: GeneratedData, ...names: string[]) =>
  names.some(name => typeof data.refs[name] === 'string' && data.refs[name] !== '');
const rank = (outcome: Outcome) => [C, U, V].indexOf(outcome);
const worst = (rows: readonly Pair[]): Pair =>
  rows.reduce(([l, s], [l2, s2]) => [rank(l2) > rank(l) ? l2 : l, rank(s2) > rank(s) ? s2 : s], [
    C,
    C,
  ] as Pair);

function needed(purpose: string, data: GeneratedData): boolean {
  switch (purpose) {
    case 'contract_conclusion':
    case 'service_provision':
    case 'wheeling_contract':
    case 'supply_point_confirmation':
    case 'generation_side_charge':
      return has(data, 'contract');
    case 'billing':
      return has(data, 'billing_period', 'contract');
    case 'debt_recovery':
      return has(data, 'debt');
    case 'equipment_management':
      return has(data, 'work_order');
    case 'rights_acquisition':
      return has(data, 'right');
    case 'direct_marketing':
      return has(data, 'campaign') && ['mail', 'email', 'phone', 'visit'].includes(data.channel as string);
    case 'customer_contact':
    case 'complaint_handling':
      return has(data, 'ticket');
    case 'market_research':
      return typeof data.population?.count === 'number' || (data.part?.of ?? 0) > 1;
    case 'outage_investigation':
      return has(data, 'incident');
    case 'switching_termination':
      return has(data, 'switching_request');
    case 'network_operations':
      return has(data, 'work_order', 'incident');
    case 'negawatt_trading':
      return has(data, 'negawatt_contract');
    case 'registration_update':
      return has(data, 'request', 'administrative_notice');
    case 'audit_review':
      return has(data, 'ticket', 'request', 'order', 'incident');
    default:
      return true;
  }
}

function unneeded(purpose: string, field: string): boolean {
  if (field === 'customer.age' || field === 'customer.birth_date') {
    return ![
      'contract_conclusion',
      'rights_acquisition',
      'product_development',
      'direct_marketing',
      'market_research',
    ].includes(purpose);
  }
  if (field === 'customer.power_usage') {
    return ['contract_conclusion', 'debt_recovery', 'equipment_management', 'customer_contact'].includes(
      purpose,
    );
  }
  return field === 'customer.contract_details' && purpose === 'outage_investigation';
}

/** The purpose that judges, `missing`, or the stated one where its parent is missing. */
function effectivePurpose({ purpose, parent_purpose }: GeneratedData): {
  purpose: string | undefined;
  orphan: boolean;
} {
  if (typeof purpose !== 'string') return { purpose: undefined, orphan: false };
  if (purpose !== 'incidental') return { purpose, orphan: false };
  if (typeof parent_purpose !== 'string' || parent_purpose === 'incidental') return { purpose, orphan: true };
  return { purpose: parent_purpose, orphan: false };
}

function businessRow({ business, parent_business }: GeneratedData): Pair {
  const judged = business === 'incidental_business' ? parent_business : business;
  const listed = BUSINESSES.includes(judged as string) && judged !== 'incidental_business';
  return listed ? [C, C] : [U, U];
}

function ownOperation(data: GeneratedData, purpose: string | undefined): Pair[] {
  const fields = data.fields ?? [];
  switch (data.operation) {
    case 'collect': {
      const statistical = data.form === 'statistical';
      const own = OWN.includes(purpose as string) && !statistical;
      const notice: Pair = has(data, 'collection_notice') ? [C, C] : [V, V];
      return [notice, own && !needed(purpose!, data) ? [C, U] : [C, C]];
    }
    case 'receive':
      return [[U, U]];
    case 'erase':
      return [has(data, 'request') ? [C, C] : [U, U]];
    default: {
      if (has(data, 'request')) return [[C, C]];
      if (!has(data, 'administrative_notice')) return [[U, V]];
      if (fields.some(field => field !== 'basic.address')) return [[V, V]];
      return [fields.length > 0 ? [C, C] : [U, U]];
    }
  }
}

function joint(purpose: string, data: GeneratedData, column: number): Pair[] {
  const rows: Pair[] = [];
  const cell = CELLS[purpose]![column]!;
  if (purpose === 'network_operations' && column !== 1) rows.push([U, V]);
  else if (purpose === 'negawatt_trading' && column === 0) rows.push([U, U]);
  else if (cell === '.') rows.push([C, U]);
  for (const field of data.fields ?? []) {
    const group = G1.includes(field)
      ? 'G1'
      : G2.includes(field)
        ? 'G2'
        : G3.includes(field)
          ? 'G3'
          : undefined;
    if (group === undefined) rows.push([V, V]);
    else if (cell.startsWith('G') && !cell.includes(group)) rows.push([C, U]);
  }
  if (!needed(purpose, data)) rows.push([C, U]);
  return rows;
}

function agreement(data: GeneratedData, at: number): boolean {
  const name = data.refs.agreement as string;
  if (name === 'agr-callcentre-b' || name !== `agr-${String(data.recipient?.id)}`) return false;
  return at >= START && at < (ENDS[name] ?? Number.NEGATIVE_INFINITY);
}

function recipientRows(purpose: string | undefined, data: GeneratedData, at: number): Pair[] {
  const { recipient, fields = [] } = data;
  const known = purpose !== undefined && [...OWN, ...JOINT, ...DESK].includes(purpose);
  const own = OWN.includes(purpose as string);
  const isJoint = JOINT.includes(purpose as string);
  if (!recipient) {
    if (data.operation === 'provide') {
      // Without a recipient the references of joint and desk purposes are asked as inside the company.
      return [[U, U]];
    }
    return known && !own && !needed(purpose, data) ? [[C, U]] : [];
  }
  const category = recipient.category as string;
  const rows: Pair[] = [];
  const registered = PARTNERS[recipient.id as string] === category && at >= START;
  const kinds = [...R, ...Object.keys(KIND), 'other_entrustee', 'parent_company', 'sales_agent'];
  if (kinds.includes(category) && !registered) rows.push([C, V]);
  if (category === R[1]) {
    if (!recipient.area) rows.push([C, U]);
    else if (registered && recipient.id !== `tdso-${recipient.area}`) rows.push([C, V]);
  }
  const column = R.indexOf(category);
  const counts = agreement(data, at);
  if (column >= 0) {
    if (isJoint) rows.push(...joint(purpose!, data, column));
    else if (column === 1 && (purpose === 'service_provision' || purpose === 'outage_investigation')) {
      if (!has(data, 'contract', 'incident')) rows.push([C, U]);
      if (fields.some(field => !G1.includes(field) && !G2.includes(field))) rows.push([U, U]);
    } else rows.push(own ? [V, V] : [U, U]);
  } else if (KIND[category]) {
    const ofKind = KIND[category]!.includes(purpose as string);
    if (!counts) rows.push([U, V]);
    else if (!own && !ofKind) rows.push([U, U]);
    else if (!ofKind) rows.push([C, U]);
  } else if (category === 'other_entrustee') rows.push(counts ? [C, C] : [U, V]);
  else if (category === 'parent_company') rows.push(has(data, 'consent') ? [C, C] : [C, V]);
  else if (category === 'sales_agent') {
    const needs = fields.every(field => G1.includes(field) || field === 'customer.contract_details');
    rows.push(!counts ? [U, U] : needs ? [C, C] : [C, U]);
  } else rows.push([V, V]);
  return rows;
}

/** POLICY 2, "How the table's words become outcomes", in plain words of a program. */
function byTable({ time, data }: GeneratedEvent): Pair {
  const at = Date.parse(time);
  if (Number.isNaN(at) || at < START) return [U, U];
  const { purpose, orphan } = effectivePurpose(data);
  if (['collect', 'receive', 'update', 'erase'].includes(data.operation as string)) {
    const odd =
      data.form !== undefined &&
      data.form !== null &&
      !['identified', 'statistical'].includes(data.form as string);
    return worst([...ownOperation(data, purpose), odd ? [U, U] : [C, C]]);
  }
  const rows: Pair[] = [];
  if (data.operation !== 'use' && data.operation !== 'provide') rows.push([U, U]);
  const own = OWN.includes(purpose as string);
  if (purpose === undefined) rows.push([U, U]);
  else if (![...OWN, ...JOINT, ...DESK].includes(purpose)) rows.push([V, V]);
  if (orphan) rows.push([U, U]);
  if (own || JOINT.includes(purpose as string)) rows.push(businessRow(data));
  if (data.form === 'statistical') {
    const counted = typeof data.population?.count === 'number' ? data.population.count : data.result?.count;
    const proven = has(data, 'transform') && typeof counted === 'number' && counted >= 10;
    return worst([...rows, proven ? [C, C] : [C, U]]);
  }
  if (data.form !== undefined && data.form !== null && data.form !== 'identified') rows.push([U, U]);
  for (const field of data.fields ?? []) {
    if (!LISTED.includes(field)) rows.push([U, U]);
    else if (own && unneeded(purpose!, field)) rows.push([C, U]);
  }
  if (!data.fields && (own || JOINT.includes(purpose as string))) rows.push([U, U]);
  if (own && !needed(purpose!, data)) rows.push([C, U]);
  if (at >= (ENDS[data.refs.agreement as string] ?? Number.POSITIVE_INFINITY)) rows.push([V, V]);
  return worst([...rows, ...recipientRows(purpose, data, at)]);
}

describe('the outcome table', () => {
  const judge = compile(bundles);

  it('gives the same outcomes written by hand, on 20,000 generated events', { timeout: 240_000 }, () => {
    const seen = new Map<string, number>();
    fc.assert(
      fc.property(generatedEvent, event => {
        const { literal, strict } = judge.evaluate(event);
        seen.set(`${literal} ${strict}`, (seen.get(`${literal} ${strict}`) ?? 0) + 1);
        expect([literal, strict]).toEqual(byTable(event));
      }),
      { numRuns: 20_000 },
    );
    // The generator reaches every pair that can be: strict is never milder than literal.
    expect([...seen.keys()].sort()).toEqual(
      [`${C} ${C}`, `${C} ${U}`, `${C} ${V}`, `${U} ${U}`, `${U} ${V}`, `${V} ${V}`].sort(),
    );
    expect(Math.min(...seen.values())).toBeGreaterThan(50);
  });
});
