// SPDX-License-Identifier: Apache-2.0
// One question to the api, whose refusal ends the command with the api's own words.
import type { ProblemDetails } from '@ashiato/schema';
import type { Command } from 'commander';
import { cannotRun } from './exit.ts';
import type { Format } from './output.ts';
import { callTrail, type Where, withWhere } from './trail-address.ts';

export const withFormat = (command: Command): Command =>
  withWhere(command)
    .option('--format <format>', 'table, json or csv', 'table')
    .option('--json', 'the same as --format json');

export async function askReport(
  where: Where,
  report: string,
  format: Format,
  filters: Iterable<[string, string | undefined]>,
): Promise<Response> {
  const params = new URLSearchParams(format === 'csv' ? { format: 'csv' } : {});
  for (const [name, value] of filters) if (value !== undefined) params.set(name, value);
  const response = await callTrail(where, 'investigator', 'api', `/v1/${report}?${params}`);
  if (response.ok) return response;
  const problem = (await response.json()) as ProblemDetails;
  throw cannotRun(`the api answered ${response.status} ${problem.code}: ${problem.detail}`);
}
