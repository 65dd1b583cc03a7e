// SPDX-License-Identifier: Apache-2.0
// What is written twice is compared: README and rules, README and code, and the words of a trade that src must not hold.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { bundle, bundles } from './event.fixture.ts';
import { compile, explain, explanationText, verdictJson } from './index.ts';

const SOURCE = fileURLToPath(new URL('.', import.meta.url));
const readme = await readFile(join(SOURCE, '../README.md'), 'utf8');

describe('the README', () => {
  it('lists every code of the rules with its meaning and outcomes, and no other', () => {
    const meanings = [
      ...Object.entries(bundle.rules.fallback).map(([code, meaning]) => ({ code, ...meaning })),
      ...bundle.rules.rules,
    ];
    const held = meanings.map(
      ({ code, en, literal = '-', strict = '-' }) => `| \`${code}\` | ${en} | ${literal} / ${strict} |`,
    );
    const table = readme
      .split('\n## Codes\n')[1]!
      .split('\n')
      .filter(line => line.startsWith('| `'));
    expect(table.map(line => line.replaceAll(/ +/g, ' '))).toEqual(held);
  });

  it('has at most sixty lines before its lists', () => {
    expect(readme.split('\n## Readings')[0]!.split('\n').length).toBeLessThanOrEqual(60);
  });

  it('shows an example that comes out as it says', () => {
    const judge = compile(bundles, { mode: 'strict' });
    const text = /const event = ([\s\S]*?);\nconst verdict/.exec(readme)![1]!;
    const event = {
      time: '2026-06-02T10:00:00+09:00',
      data: {
        operation: 'use',
        purpose: 'billing',
        business: 'electricity',
        fields: ['basic.name'],
        refs: {},
      },
    };
    const json = text
      .replaceAll(/(\w+): /g, '"$1": ')
      .replaceAll("'", '"')
      .replaceAll(/,(\s*})/g, '$1');
    expect(JSON.parse(json)).toEqual(event);
    const verdict = judge.evaluate(event);
    expect([verdict.literal, verdict.strict]).toEqual(['conforming', 'undetermined']);
    expect(verdictJson(verdict)).toBe(JSON.stringify(verdict));
    expect(explanationText(explain(judge, event), 'en')).toContain('billing period or contract');
  });
});

describe('the source of this room', () => {
  it('holds no word of the first policy’s trade', async () => {
    const names = (await readdir(SOURCE, { recursive: true })).filter(
      name => name.endsWith('.ts') && !/\.(?:test|fixture)\.ts$/.test(name),
    );
    const { fields, purposes, businesses, recipients, groups, controller, id } = bundle.policy;
    const vocabulary = [...fields, ...purposes, ...businesses, ...recipients].map(word => word.id);
    const words = [
      ...vocabulary,
      id,
      controller,
      'electric',
      'retail',
      'wheeling',
      'negawatt',
      'supply',
      '電',
      'Tokyo',
    ];
    expect(names).toContain('assemble.ts');
    expect(groups.length).toBe(4);
    for (const name of names) {
      const text = await readFile(join(SOURCE, name), 'utf8');
      expect(
        words.filter(word => text.toLowerCase().includes(word.toLowerCase())),
        name,
      ).toEqual([]);
    }
  });

  it('exports at most twelve names', async () => {
    const door = await readFile(join(SOURCE, 'index.ts'), 'utf8');
    const names = [...door.matchAll(/\{([^}]*)\}/g)].flatMap(([, list]) =>
      list!.split(',').filter(name => name.trim()),
    );
    expect(names.length).toBeLessThanOrEqual(12);
    expect(names.length).toBeGreaterThan(8);
  });
});

describe('the first policy', () => {
  const numbered = (prefix: string, count: number) =>
    Array.from(
      { length: count },
      (_, at) => `${prefix}${count > 9 ? String(at + 1).padStart(2, '0') : at + 1}`,
    );

  it('encodes every clause of the text, and cites each', () => {
    const { clauses } = bundle.policy;
    const expected = [
      ...['C0', 'C1', 'C2-S', 'C3', 'C4-S1', 'C5-a', 'C5-b', 'C6', 'C7'],
      ...numbered('C2-P', 12),
      ...numbered('C2-B', 12),
      ...numbered('C3-R', 4),
      ...numbered('C3-J', 6),
      ...numbered('C3-G', 3),
      ...numbered('C3-M', 3),
      ...numbered('C4-V', 6),
      ...numbered('C4-T', 4),
    ];
    expect(clauses.map(({ id }) => id).sort()).toEqual(expected.sort());
    const { clauses: _, ...rest } = bundle.policy;
    const cited = JSON.stringify([rest, bundle.rules]);
    // C3 lays supervision on the company itself: the registers hold its dates.
    expect(clauses.filter(({ id }) => !cited.includes(`"${id}"`)).map(({ id }) => id)).toEqual(['C3']);
  });

  it('has the vocabulary that the design names', () => {
    const { fields, purposes, businesses, recipients, calendars } = bundle.policy;
    const inGroup = (group: string) => fields.filter(({ id }) => id.startsWith(`${group}.`)).length;
    expect(fields.filter(({ collected }) => collected)).toHaveLength(9);
    expect(['basic', 'customer', 'supply_point', 'negawatt'].map(inGroup)).toEqual([7, 4, 16, 4]);
    const kinds = ['own', 'joint', 'desk'].map(
      kind => purposes.filter(purpose => purpose.kind === kind).length,
    );
    expect([...kinds, businesses.length, recipients.length]).toEqual([12, 6, 3, 12, 15]);
    expect(calendars[0]).toMatchObject({ id: 'customer_centre', open: '09:00', close: '17:00' });
    expect(bundle.registers.sample).toBe(true);
  });
});
