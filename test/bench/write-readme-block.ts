// SPDX-License-Identifier: Apache-2.0
// Puts the figures of a run into the README, between its two marks.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Report, tableOf } from './report.ts';

const README = join(import.meta.dirname, 'README.md');
const BEGIN = '<!-- figures: written by --write-readme -->';
const END = '<!-- end of figures -->';

export async function writeReadmeBlock(report: Report): Promise<void> {
  const text = await readFile(README, 'utf8');
  await writeFile(README, withBlock(text, tableOf(report)));
}

/** `text` with what stands between the marks replaced. */
export function withBlock(text: string, block: string): string {
  const [from, to] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (from < 0 || to < from)
    throw new Error(`README.md: expected the marks ${BEGIN} and ${END}, in this order`);
  const listed = block.trimEnd().replaceAll(/^((?:A\/|A to |bar ).*)$/gm, '- $1');
  return `${text.slice(0, from + BEGIN.length)}\n${listed}\n${text.slice(to)}`;
}
