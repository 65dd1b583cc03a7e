// SPDX-License-Identifier: Apache-2.0
// What the front must know of a statement before the engine sees it: where an INSERT's rows begin, in which
// format the answer comes, and whether it asks for what a server's HTTP interface never does.

import { sqlError } from './errors.ts';
import { type SqlToken, sqlTokens } from './sql-tokens.ts';

export type Statement =
  /** `sql` ends before FORMAT or VALUES; the rows start at byte `rowsFrom` of the source. */
  | { kind: 'insert'; sql: string; format: string; rowsFrom: number }
  /** A SELECT the engine can answer piece by piece. */
  | { kind: 'select'; sql: string; outputFormat: string | undefined }
  | { kind: 'other'; sql: string; outputFormat: string | undefined };

/** Reads as little as it can. `source` is latin1 (a char a byte), and so is the `sql` it returns. */
export function readStatement(source: string): Statement {
  const tokens = sqlTokens(source);
  const first = tokens.next();
  if (first.done) throw sqlError(62, 'SYNTAX_ERROR', 'Syntax error: the query is empty');
  if (isWord(first.value, 'INSERT')) {
    const insert = readInsert(source, tokens);
    if (insert) return insert;
  }
  return readWhole(source, first.value);
}

/** `KILL QUERY WHERE query_id = …` names the front's id, which the engine knows as the log_comment. */
export function withKillByQueryId(sql: string): string {
  const [kill, ...rest] = [...sqlTokens(sql)];
  if (!kill || !isWord(kill, 'KILL')) return sql;
  let written = '';
  let from = 0;
  for (const token of rest) {
    if (!isWord(token, 'QUERY_ID') && token.text !== '`query_id`' && token.text !== '"query_id"') continue;
    written += `${sql.slice(from, token.from)}Settings['log_comment']`;
    from = token.to;
  }
  return written + sql.slice(from);
}

function readInsert(source: string, tokens: Generator<SqlToken, void, void>): Statement | undefined {
  let depth = 0;
  let count = 0;
  let previous: SqlToken | undefined;
  for (let next = tokens.next(); !next.done; next = tokens.next()) {
    const token = next.value;
    refuseClientSide(token, previous);
    const reads = isWord(token, 'SELECT') || isWord(token, 'WITH');
    if (token.text === ';' || (reads && (depth === 0 || previous?.text === '('))) return undefined;
    if (token.text === '(') depth += 1;
    if (token.text === ')') depth -= 1;
    count += 1;
    // The table, named after INTO, may be spelled like the words looked for.
    const named = depth === 0 && count > 2 && previous?.text !== '.';
    if (named && isWord(token, 'VALUES')) return insertAt(source, token.from, 'Values', token.to);
    if (named && isWord(token, 'FORMAT')) {
      const format = tokens.next();
      if (format.done) return undefined;
      return insertAt(source, token.from, format.value.text, rowsAfter(source, format.value.to));
    }
    previous = token;
  }
  return undefined;
}

function insertAt(source: string, end: number, format: string, rowsFrom: number): Statement {
  return { kind: 'insert', sql: source.slice(0, end), format, rowsFrom };
}

// As ParserInsertQuery: blanks and one line break after the format's name are not rows.
function rowsAfter(source: string, from: number): number {
  return from + /^[ \t\f]*(?:;[ \t\f]*)?\r?\n?/.exec(source.slice(from, from + 64))![0].length;
}

function readWhole(source: string, first: SqlToken): Statement {
  const tokens = [...sqlTokens(source)];
  const semicolon = tokens.findIndex(token => token.text === ';');
  if (semicolon !== -1 && tokens.slice(semicolon).some(token => token.text !== ';')) {
    throw sqlError(62, 'SYNTAX_ERROR', 'Syntax error: Multi-statements are not allowed');
  }
  for (const [index, token] of tokens.entries()) refuseClientSide(token, tokens[index - 1]);
  const reads = ['SELECT', 'WITH', 'FROM'].some(word => isWord(first, word));
  const streams = reads && !tokens.some(token => isWord(token, 'INSERT'));
  return { kind: streams ? 'select' : 'other', sql: source, outputFormat: outputFormatOf(tokens) };
}

// FORMAT is the last clause but for SETTINGS; `format` is also a good name for a column.
function outputFormatOf(tokens: readonly SqlToken[]): string | undefined {
  for (let index = tokens.length - 2; index > 0; index -= 1) {
    if (!isWord(tokens[index]!, 'FORMAT')) continue;
    const after = tokens[index + 2];
    const last = after === undefined || after.text === ';' || isWord(after, 'SETTINGS');
    if (last && tokens[index + 1]!.kind === 'word') return tokens[index + 1]!.text;
  }
  return undefined;
}

// The embedded engine is client and server in one, and its client half would open these files on the host.
// A server answers the same over HTTP. The scalar function file() is guarded by nothing but this and the
// kernel (confine.ts), since no grant covers it.
function refuseClientSide(token: SqlToken, previous: SqlToken | undefined): void {
  if (isWord(token, 'OUTFILE') || isWord(token, 'INFILE')) {
    throw sqlError(344, 'SUPPORT_IS_DISABLED', `${token.text.toUpperCase()} is not allowed over HTTP`);
  }
  if (token.text === '(' && previous && /^[`"]?file[`"]?$/.test(previous.text)) {
    throw sqlError(497, 'ACCESS_DENIED', 'Not enough privileges: file() is not allowed here');
  }
}

function isWord(token: SqlToken, word: string): boolean {
  return token.kind === 'word' && token.text.toUpperCase() === word;
}
