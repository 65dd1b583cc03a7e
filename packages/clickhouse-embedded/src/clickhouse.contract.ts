// SPDX-License-Identifier: Apache-2.0
// What every ClickHouse behind this project's warehouse must do, asked through the unmodified client. Runs
// against the embedded front and against a real server; what differs is declared in DIFFERENCES, with reasons.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { concurrencyContract } from './contract/concurrency.contract.ts';
import { deduplicationContract } from './contract/deduplication.contract.ts';
import { definitionsContract } from './contract/definitions.contract.ts';
import { errorsContract } from './contract/errors.contract.ts';
import { insertsContract } from './contract/inserts.contract.ts';
import { parametersContract } from './contract/parameters.contract.ts';
import { presenceContract } from './contract/presence.contract.ts';
import { selectsContract } from './contract/selects.contract.ts';
import { sessionsContract } from './contract/sessions.contract.ts';
import { type ContractTarget, createContractTools } from './contract/tools.contract.ts';

export type { ContractTarget };

/** Where the embedded engine is not a server: a question, and what each of the two answers. */
const DIFFERENCES: { what: string; why: string; query: string; embedded: RegExp; server: RegExp }[] = [
  {
    what: 'query_id in system.processes',
    why: "the engine makes its own; the client's is in Settings[log_comment]",
    query:
      "SELECT count() FROM system.processes WHERE query_id = 'the-id' OR Settings['log_comment'] = 'the-id'",
    embedded: /^1\n$/,
    server: /^1\n$/,
  },
  {
    what: 'file()',
    why: 'nothing on the host may be read, not even a folder a server would set aside',
    query: "SELECT file('no-such-file')",
    embedded: /^Code: 497\./,
    server: /^Code: (?!497)\d+\./,
  },
  {
    what: 'dictionaries',
    why: 'their sources reach files and the network without a grant of their own',
    query:
      "CREATE DICTIONARY d (k UInt64) PRIMARY KEY k SOURCE(CLICKHOUSE(TABLE 'none')) LAYOUT(FLAT()) LIFETIME(0)",
    embedded: /^Code: 497\./,
    server: /^$/,
  },
];

/** Registers the suite with vitest. Makes one database of its own and drops it at the end. */
export function clickHouseContract(target: ContractTarget): void {
  describe(`ClickHouse contract: ${target.name}`, () => {
    const tools = createContractTools(target);
    beforeAll(() => tools.setUp());
    afterAll(() => tools.tearDown());
    presenceContract(tools);
    definitionsContract(tools);
    insertsContract(tools);
    deduplicationContract(tools);
    selectsContract(tools);
    parametersContract(tools);
    sessionsContract(tools);
    errorsContract(tools);
    concurrencyContract(tools);
    describe('declared differences', () => {
      it.each(DIFFERENCES)('$what: $why', async ({ query, ...expected }) => {
        const answer = await tools.raw('query_id=the-id', { body: query });
        expect(await answer.text()).toMatch(expected[target.kind]);
      });
    });
  });
}
