// SPDX-License-Identifier: Apache-2.0
// Bound values of every type.

import { TupleParam } from '@clickhouse/client';
import { describe, expect, it } from 'vitest';
import type { ContractTools } from './tools.contract.ts';

export function parametersContract(tools: ContractTools): void {
  const { rows, value, table, codeOf } = tools;
  describe('parameters', () => {
    it.each<[string, unknown, unknown]>([
      ['UInt64', '18446744073709551615', '18446744073709551615'],
      ['Int8', -5, -5],
      ['Float64', 1.5, 1.5],
      ['Bool', true, true],
      [
        'String',
        `it's "q" \\ / \n\n\t\r 足跡 🐾 ; -- /* {x:String}`,
        `it's "q" \\ / \n\n\t\r 足跡 🐾 ; -- /* {x:String}`,
      ],
      ['String', 'nul\0inside', 'nul\0inside'],
      ['String', '', ''],
      ['Date', '2026-11-23', '2026-11-23'],
      ["DateTime64(3, 'UTC')", new Date('2026-11-23T08:30:00.123Z'), '2026-11-23 08:30:00.123'],
      ['Array(String)', ['a', "b'c", 'd\ne'], ['a', "b'c", 'd\ne']],
      ['Array(Array(UInt32))', [[1, 2], []], [[1, 2], []]],
      ['Map(String, UInt32)', { a: 1, "b'": 2 }, { a: 1, "b'": 2 }],
      ['Nullable(String)', null, null],
      ['Nullable(UInt32)', 3, 3],
      ['UUID', '7d444840-9dc0-11d1-b245-5ffdce74fad2', '7d444840-9dc0-11d1-b245-5ffdce74fad2'],
      ['Decimal(18, 4)', '12.3400', 12.34],
      ['Tuple(String, UInt8)', new TupleParam(['x', 1]), ['x', 1]],
    ])('binds %s %j', async (type, given, expected) => {
      const got = await value(`SELECT {v:${type}} AS v`, { query_params: { v: given } });
      expect(type.startsWith('Tuple') ? Object.values(got as object) : got).toEqual(expected);
    });
    it('binds an identifier and parameters too long for an address', async () => {
      const name = await table('n UInt64');
      expect(await value('SELECT count() FROM {t:Identifier}', { query_params: { t: name } })).toBe('0');
      const values = Array.from({ length: 20_000 }, (_, n) => `value-${n}`);
      expect(await value('SELECT length({v:Array(String)})', { query_params: { v: values } })).toBe('20000');
    });
    it('refuses a missing and an ill-typed parameter', async () => {
      expect(await codeOf(rows('SELECT {v:UInt8}'))).toBe('456');
      expect(await codeOf(rows('SELECT {v:UInt8}', { query_params: { v: 'x' } }))).toMatch(/^(457|72|27|6)$/);
    });
  });
}
