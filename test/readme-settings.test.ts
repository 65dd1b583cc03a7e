// SPDX-License-Identifier: Apache-2.0
// The README's table of settings is the schemas' own. `UPDATE=1 vitest run test/readme-settings` writes it anew.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeConfig } from '@ashiato/runtime';
import { expect, it } from 'vitest';
import type { z } from 'zod';
import { apiConfig } from '../services/api/src/config.ts';
import { deskConfig } from '../services/customer-desk/src/config.ts';
import { intakeConfig } from '../services/intake/src/config.ts';
import { notaryConfig } from '../services/notary/src/config.ts';
import { recorderConfig } from '../services/recorder/src/config.ts';
import { standaloneConfig } from '../services/standalone/src/config.ts';
import { witnessConfig } from '../services/witness/src/config.ts';

const path = join(import.meta.dirname, '../README.md');
const services: Record<string, z.ZodObject> = {
  standalone: standaloneConfig,
  recorder: recorderConfig,
  notary: notaryConfig,
  intake: intakeConfig,
  api: apiConfig,
  'customer-desk': deskConfig,
  witness: witnessConfig,
};

function settingsTable(): string {
  const rows = new Map<string, { fallback: string; description: string; read_by: string[] }>();
  for (const [service, schema] of Object.entries(services)) {
    for (const { key, default: fallback, description } of describeConfig(schema)) {
      const row = rows.get(key) ?? { fallback, description, read_by: [] };
      if (row.fallback !== fallback)
        row.fallback = `${row.fallback} (${row.read_by.join(', ')}), ${fallback} (${service})`;
      row.read_by.push(service);
      rows.set(key, row);
    }
  }
  const lines = [...rows].map(
    ([key, { fallback, description, read_by }]) =>
      `| \`${key}\` | ${fallback && `\`${fallback.replace(process.cwd(), '.')}\``} | ${description.replaceAll('|', '\\|')} | ${read_by.join(', ')} |`,
  );
  return ['| key | default | meaning | read by |', '|---|---|---|---|', ...lines].join('\n');
}

it('the table of settings in the README is that of the schemas', () => {
  const readme = readFileSync(path, 'utf8');
  const [before, rest] = readme.split(/(?<=<!-- settings:[^\n]*-->\n)/);
  const after = rest!.slice(rest!.indexOf('<!-- /settings -->'));
  const wanted = `${before}${settingsTable()}\n${after}`;
  if (process.env.UPDATE) writeFileSync(path, wanted);
  expect(readFileSync(path, 'utf8')).toBe(wanted);
});
