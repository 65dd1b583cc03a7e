// SPDX-License-Identifier: Apache-2.0
// Compares the golden files of the first policy with what the judge says now; with --update, rewrites them.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GOLDEN_FOLDER, goldenTexts } from '../src/golden.fixture.ts';

const update = process.argv.includes('--update');
for (const [name, text] of Object.entries(await goldenTexts())) {
  const path = join(GOLDEN_FOLDER, name);
  if (update) await writeFile(path, text);
  else if ((await readFile(path, 'utf8')) !== text) {
    process.stderr.write(`${name} differs from what the judge says; look, then run with --update\n`);
    process.exitCode = 1;
  }
}
