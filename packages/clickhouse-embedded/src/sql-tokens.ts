// SPDX-License-Identifier: Apache-2.0
// Just enough of ClickHouse's lexer (src/Parsers/Lexer.cpp) to tell words from strings and comments. It works
// on one char a byte (latin1), so that positions are byte offsets and rows of any encoding may follow.

export interface SqlToken {
  kind: 'word' | 'string' | 'identifier' | 'number' | 'mark';
  /** As written, quotes included. */
  text: string;
  from: number;
  to: number;
}

const BLANK = /[\s\0]+/y;
const LINE_COMMENT = /(?:--|#[ !])[^\n]*/y;
const BLOCK_COMMENT = /\/\*[\s\S]*?(?:\*\/|$)/y;
const HEREDOC = /\$(\w*)\$[\s\S]*?(?:\$\1\$|$)/y;
const STRING = /'(?:[^'\\]|\\[\s\S]|'')*(?:'|$)/y;
const IDENTIFIER = /`(?:[^`\\]|\\[\s\S]|``)*(?:`|$)|"(?:[^"\\]|\\[\s\S]|"")*(?:"|$)/y;
// ClickHouse also takes ‘curly’ and “curly” quotes (UTF-8 E2 80 98/99 and 9C/9D).
const CURLY = /\xe2\x80(?:\x98[\s\S]*?(?:\xe2\x80\x99|$)|\x9c[\s\S]*?(?:\xe2\x80\x9d|$))/y;
const NUMBER = /\d[\w.]*/y;
const WORD = /[A-Za-z_][\w$]*/y;

const SKIPPED = [BLANK, LINE_COMMENT, BLOCK_COMMENT];
const TAKEN: readonly [SqlToken['kind'], RegExp][] = [
  ['word', WORD],
  ['number', NUMBER],
  ['string', HEREDOC],
  ['string', STRING],
  ['string', CURLY],
  ['identifier', IDENTIFIER],
];

/** Lazily: rows after an INSERT's FORMAT are never looked at unless the reader goes on. */
export function* sqlTokens(sql: string): Generator<SqlToken, void, void> {
  let at = 0;
  while (at < sql.length) {
    const skipped = SKIPPED.map(pattern => lengthAt(pattern, sql, at)).find(length => length > 0);
    if (skipped !== undefined) {
      at += skipped;
      continue;
    }
    const token = tokenAt(sql, at);
    yield token;
    at = token.to;
  }
}

function tokenAt(sql: string, from: number): SqlToken {
  for (const [kind, pattern] of TAKEN) {
    const length = lengthAt(pattern, sql, from);
    if (length > 0) return { kind, text: sql.slice(from, from + length), from, to: from + length };
  }
  return { kind: 'mark', text: sql[from]!, from, to: from + 1 };
}

function lengthAt(pattern: RegExp, sql: string, from: number): number {
  pattern.lastIndex = from;
  return pattern.exec(sql)?.[0].length ?? 0;
}
