// SPDX-License-Identifier: Apache-2.0
// Puts the figures of a run into the README, between their two marks.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const README = join(import.meta.dirname, 'README.md');
type Block = 'figures' | 'policy figures' | 'sdk figures';

export async function writeReadmeBlock(table: string, block: Block): Promise<void> {
  const text = await readFile(README, 'utf8');
  await writeFile(README, withBlock(text, table, block));
}

/** `text` with what stands between the block's marks replaced. */
export function withBlock(text: string, table: string, block: Block = 'figures'): string {
  const [begin, end] = [`<!-- ${block}: written by --write-readme -->`, `<!-- end of ${block} -->`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from)
    throw new Error(`README.md: expected the marks ${begin} and ${end}, in this order`);
  const listed = table.trimEnd().replaceAll(/^((?:A\/|A to |bar ).*)$/gm, '- $1');
  return `${text.slice(0, from + begin.length)}\n${listed}\n${text.slice(to)}`;
}
