// SPDX-License-Identifier: Apache-2.0

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SqlError } from './errors.ts';
import { sqlTokens } from './sql-tokens.ts';
import { readStatement, withKillByQueryId } from './statement.ts';

const rowsOf = (source: string): string | undefined => {
  const statement = readStatement(source);
  return statement.kind === 'insert' ? source.slice(statement.rowsFrom) : undefined;
};

describe('where the rows of an INSERT begin', () => {
  it.each([
    ['INSERT INTO t FORMAT CSV\n1,2\n', 'INSERT INTO t ', 'CSV', '1,2\n'],
    ['insert into t format CSV 1,2', 'insert into t ', 'CSV', '1,2'],
    ['INSERT INTO t (a, b) FORMAT RowBinary\n\n\n', 'INSERT INTO t (a, b) ', 'RowBinary', '\n\n'],
    ['INSERT INTO t FORMAT CSV\r\n1', 'INSERT INTO t ', 'CSV', '1'],
    ['INSERT INTO t FORMAT CSV;\n1', 'INSERT INTO t ', 'CSV', '1'],
    ['INSERT INTO t VALUES (1)', 'INSERT INTO t ', 'Values', ' (1)'],
    [
      "INSERT INTO t SETTINGS x='FORMAT CSV' VALUES(1)",
      "INSERT INTO t SETTINGS x='FORMAT CSV' ",
      'Values',
      '(1)',
    ],
    [
      '/* FORMAT A */ INSERT -- VALUES\n INTO t FORMAT TSV\n',
      '/* FORMAT A */ INSERT -- VALUES\n INTO t ',
      'TSV',
      '',
    ],
    ['INSERT INTO format FORMAT TSV x', 'INSERT INTO format ', 'TSV', 'x'],
    ['INSERT INTO db.values (format) VALUES (1)', 'INSERT INTO db.values (format) ', 'Values', ' (1)'],
    [
      "INSERT INTO FUNCTION null('a String') FORMAT TSV x",
      "INSERT INTO FUNCTION null('a String') ",
      'TSV',
      'x',
    ],
  ])('%j', (source, sql, format, rows) => {
    expect(readStatement(source)).toMatchObject({ kind: 'insert', sql, format });
    expect(rowsOf(source)).toBe(rows);
  });

  it.each([
    'INSERT INTO t SELECT 1 AS values',
    'INSERT INTO t (SELECT 1)',
    'INSERT INTO t WITH 1 AS x SELECT x',
    'INSERT INTO t',
  ])('has none in %j', source => {
    expect(readStatement(source).kind).toBe('other');
  });

  it('never looks at the rows', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary-ascii' }), rows => {
        expect(rowsOf(`INSERT INTO t FORMAT Native\n${rows}`)).toBe(rows);
      }),
    );
  });
});

describe('other statements', () => {
  it.each([
    ['SELECT 1 FORMAT CSV', 'CSV'],
    ['SELECT 1 FORMAT CSV SETTINGS max_threads = 1', 'CSV'],
    ['SELECT format FROM t', undefined],
    ["SELECT 'FORMAT CSV'", undefined],
    ['SELECT 1 -- FORMAT CSV', undefined],
    ['SELECT * FROM (SELECT 1 AS format) FORMAT TSV;', 'TSV'],
  ])('%j answers in %s', (source, outputFormat) => {
    expect(readStatement(source)).toEqual({ kind: 'select', sql: source, outputFormat });
  });

  it.each(['SELECT 1; SELECT 2', "SELECT ';'; DROP TABLE t", 'SELECT 1;;x'])('refuses two in %j', source => {
    expect(() => readStatement(source)).toThrow(/Multi-statements/);
  });

  it.each(["SELECT ';' ; -- end ; \n ;", 'SELECT 1;', 'SELECT `a;b`', 'SELECT $x$;$x$'])(
    'takes one in %j',
    source => {
      expect(readStatement(source).kind).toBe('select');
    },
  );

  it.each(['', '  -- only a comment', '/* never ended'])('refuses none: %j', source => {
    expect(() => readStatement(source)).toThrow(/the query is empty/);
  });
});

describe('KILL QUERY', () => {
  it('names the id as the engine knows it, outside strings only', () => {
    expect(withKillByQueryId("KILL QUERY WHERE query_id = 'query_id' SYNC")).toBe(
      "KILL QUERY WHERE Settings['log_comment'] = 'query_id' SYNC",
    );
    expect(withKillByQueryId('SELECT query_id FROM system.processes')).toContain('SELECT query_id');
  });
});

describe('any text', () => {
  it('is cut into tokens without a gap that holds more than blanks and comments', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary-ascii' }), text => {
        let at = 0;
        for (const token of sqlTokens(text)) {
          expect(token.from).toBeGreaterThanOrEqual(at);
          expect(token.text).toBe(text.slice(token.from, token.to));
          expect(token.to).toBeGreaterThan(token.from);
          at = token.to;
        }
        expect(at).toBeLessThanOrEqual(text.length);
      }),
    );
  });

  it('gives a statement or a refusal, never another error', () => {
    const words = fc.constantFrom(
      'INSERT',
      'INTO',
      'FORMAT',
      'VALUES',
      '(',
      ')',
      ';',
      "'",
      '`',
      '--',
      '/*',
      '\n',
      'file',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(words, fc.string({ unit: 'binary-ascii' }))), parts => {
        try {
          readStatement(parts.join(' '));
        } catch (error) {
          expect(error).toBeInstanceOf(SqlError);
        }
      }),
    );
  });
});
