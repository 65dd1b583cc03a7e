// SPDX-License-Identifier: Apache-2.0
// A small file that holds one whole number and is replaced whole.
import { open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { TrailError } from './errors.ts';

/** The number in the file; undefined when there is no file. Anything else is `SPOOL_DAMAGED`. */
export async function readNumber(path: string): Promise<number | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
    throw cause;
  }
  if (/^(?:0|[1-9]\d{0,14})\n$/.test(text)) return Number(text);
  throw new TrailError(
    'SPOOL_DAMAGED',
    `${path} does not hold one whole number; restore it, or move the spool folder aside and state the loss`,
  );
}

/** Replaces the number; durable when this resolves. A stop at any moment leaves the old number or the new one. */
export async function writeNumber(path: string, value: number): Promise<void> {
  const beside = `${path}.next`;
  const file = await open(beside, 'w');
  try {
    await file.writeFile(`${value}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(beside, path);
  const folder = await open(dirname(path), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
