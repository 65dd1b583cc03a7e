// SPDX-License-Identifier: Apache-2.0
// YAML text to a checked document; everything wrong is told at once, with its place in the file.
import { isMap, isNode, LineCounter, type Node, parseDocument } from 'yaml';
import type { z } from 'zod';
import type { Problem } from './errors.ts';

/** A file as text; `path` is only used to name it. */
export type Source = { path: string; text: string };
export type Read<T> = {
  value: T | undefined;
  problems: Problem[];
  /** A problem at a member of the document, for checks beyond the shape. */
  problemAt(at: readonly PropertyKey[], expected: string, found: string): Problem;
};

type Issue = z.core.$ZodIssue;

/** Parses and checks one file. `value` is undefined when there are problems. */
export function readDocument<T>(source: Source, shape: z.ZodType<T>): Read<T> {
  const counter = new LineCounter();
  // `uniqueKeys` is on by default: a member named twice is a problem, not the last one's victory.
  const document = parseDocument(source.text, { lineCounter: counter, prettyErrors: false });
  const problemAt = (at: readonly PropertyKey[], expected: string, found: string): Problem => {
    const place = counter.linePos(startOf(document.contents, at));
    return { path: source.path, line: place.line, column: place.col, at: at.join('.'), expected, found };
  };
  const broken = [...document.errors, ...document.warnings].map(error => {
    const place = counter.linePos(error.pos[0]);
    return {
      path: source.path,
      line: place.line,
      column: place.col,
      at: '',
      expected: 'YAML',
      found: error.message,
    };
  });
  if (broken.length > 0) return { value: undefined, problems: broken, problemAt };
  const content: unknown = document.toJS();
  const checked = shape.safeParse(content);
  if (checked.success) return { value: checked.data, problems: [], problemAt };
  const problems = checked.error.issues
    .flatMap(deepest)
    .flatMap(issue => describe(issue, content, problemAt));
  return { value: undefined, problems, problemAt };
}

/** Of a union, the alternative that got furthest into the document is the one that was meant. */
function deepest(issue: Issue): Issue[] {
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [issue];
  const depth = (issues: readonly Issue[]) => Math.max(...issues.map(({ path }) => path.length));
  const meant = issue.errors.reduce((best, next) => (depth(next) > depth(best) ? next : best));
  if (depth(meant) === 0 && meant.every(({ code }) => code === 'invalid_type')) return [issue];
  return meant.flatMap(inner => deepest({ ...inner, path: [...issue.path, ...inner.path] }));
}

function describe(issue: Issue, content: unknown, problemAt: Read<unknown>['problemAt']): Problem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map(key => problemAt([...issue.path, key], 'no such member', JSON.stringify(key)));
  }
  return [problemAt(issue.path, expectation(issue), shown(valueAt(content, issue.path)))];
}

function expectation(issue: Issue): string {
  if (issue.code === 'invalid_type') return issue.expected;
  if (issue.code === 'invalid_value') return issue.values.map(value => JSON.stringify(value)).join(' or ');
  return issue.message.replace(/^Invalid input: expected /, '');
}

function valueAt(content: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (value !== null && typeof value === 'object' ? Reflect.get(value, key) : undefined),
    content,
  );
}

function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

/** Where the member starts; where it is missing, its nearest parent. */
function startOf(root: unknown, at: readonly PropertyKey[]): number {
  let node: unknown = root;
  let start = rangeStart(node) ?? 0;
  for (const step of at) {
    const pair = isMap(node)
      ? node.items.find(({ key }) => isNode(key) && String(key) === String(step))
      : undefined;
    const next: unknown = pair ? pair.value : childOf(node, step);
    start = rangeStart(pair?.key) ?? rangeStart(next) ?? start;
    if (next === undefined || next === null) return start;
    node = next;
  }
  return start;
}

function childOf(node: unknown, step: PropertyKey): unknown {
  return isNode(node) && 'items' in node && Array.isArray(node.items) ? node.items[Number(step)] : undefined;
}

function rangeStart(node: unknown): number | undefined {
  return isNode(node) ? (node as Node).range?.[0] : undefined;
}
