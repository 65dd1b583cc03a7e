// SPDX-License-Identifier: Apache-2.0
// The published text against the policy that encodes it: its hash, and the lines that clauses and rules cite.
import { createHash } from 'node:crypto';
import type { PolicyBundle } from './bundle.ts';

/** The text as bytes; `path` is only used to name it. */
export type SourceText = { path: string; bytes: Uint8Array };
export type SourceCheck = {
  path: string;
  sha256: string;
  /** Versions that encode this text, and with how many cited places. */
  verified: { version: string; clauses: number; rules: number }[];
  errors: string[];
};

/** A folder may hold versions of several texts: the text MUST be that of one of them, and is held against those. */
export function checkSource(bundles: readonly PolicyBundle[], { path, bytes }: SourceText): SourceCheck {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const own = bundles.filter(({ source_sha256 }) => source_sha256 === sha256);
  const lines = new TextDecoder()
    .decode(bytes)
    .replace(/\r?\n$/, '')
    .split(/\r?\n/);
  const unknown = bundles.map(
    ({ id, version, source_sha256 }) =>
      `${path}: expected the text of ${id} ${version} with SHA-256 ${source_sha256}, found SHA-256 ${sha256}`,
  );
  const held = own.length > 0 ? own : bundles;
  const wrong = held.flatMap(bundle => lineErrors(bundle, path, lines));
  return {
    path,
    sha256,
    verified: own.map(({ version, policy, rules }) => ({
      version,
      clauses: policy.clauses.length,
      rules: rules.rules.length,
    })),
    errors: [...(own.length > 0 ? [] : unknown), ...wrong],
  };
}

function lineErrors({ policy, rules }: PolicyBundle, path: string, lines: readonly string[]): string[] {
  const errors: string[] = [];
  if (lines.length !== policy.source.lines)
    errors.push(`${path}: expected ${policy.source.lines} lines, found ${lines.length}`);
  const cited = [
    ...policy.clauses.map(({ id, lines: span }) => ({ name: `clause ${id}`, span })),
    ...rules.rules.map(({ code, lines: span }) => ({ name: `rule ${code}`, span })),
  ];
  for (const {
    name,
    span: [from, to],
  } of cited) {
    const place = `${path}:${from}`;
    if (to > lines.length)
      errors.push(`${place}: expected lines ${from} to ${to} for ${name}, found ${lines.length} lines`);
    else if (lines.slice(from - 1, to).every(line => line.trim() === ''))
      errors.push(`${place}: expected text for ${name}, found nothing on lines ${from} to ${to}`);
  }
  for (const { mark, line } of policy.text?.footnotes ?? []) {
    if (!lines[line - 1]?.includes(mark))
      errors.push(`${path}:${line}: expected the mark ${mark}, found none`);
  }
  return errors;
}
