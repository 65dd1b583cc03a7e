// SPDX-License-Identifier: Apache-2.0
// `ashiato policy diff`: what differs between two versions as they are written, and which events they decide otherwise.
import { diffPolicies, diffText } from '@ashiato/policy/diff';
import { loadVersion } from '@ashiato/policy/load';
import { Command } from 'commander';
import { cannotRun } from '../exit.ts';
import { print, printJson, progress } from '../output.ts';

interface Options {
  lang: string;
  examples: string;
  json?: boolean;
}

const VERSION_HELP = `
A version is named by
  a policy file      drafts/2027-04-01.yaml (its rules and registers beside it)
  a folder           drafts: the version in it that comes into force last
  folder@version     drafts@2027-04-01
  id, id@version     astmax-energy@2024-04-01: a policy that comes along`;

export function policyDiffCommand(): Command {
  return new Command('diff')
    .description(
      'Compare two versions of a policy: added, removed, widened, narrowed, and events that they decide otherwise.',
    )
    .argument('<a>', 'the version before')
    .argument('<b>', 'the version after')
    .option('--lang <lang>', 'ja or en', 'en')
    .option('--examples <n>', 'kinds of events to show for each direction, each with an example', '10')
    .option('--json', 'print everything as JSON')
    .addHelpText(
      'after',
      `${VERSION_HELP}

Wider lets more through; a change that does neither by itself, such as another wording, is "changed". Both versions
are judged as if they were in force; an example can be given to "ashiato policy explain". The last lines say what was
tried. The exit code is 0 whether they differ or not.`,
    )
    .action(diff);
}

async function diff(a: string, b: string, { lang, examples, json }: Options): Promise<void> {
  if (lang !== 'ja' && lang !== 'en') throw cannotRun(`--lang: expected ja or en, got ${lang}`);
  if (!/^\d{1,6}$/.test(examples)) throw cannotRun(`--examples: expected a whole number, got ${examples}`);
  const bar = progress('compared cells');
  const onProgress = (cells: number, of: number) => bar.at(cells, of);
  const result = diffPolicies(await loadVersion(a), await loadVersion(b), { onProgress });
  bar.done();
  if (json) printJson(result);
  else print(diffText(result, { language: lang, kinds: Number(examples) }));
}
