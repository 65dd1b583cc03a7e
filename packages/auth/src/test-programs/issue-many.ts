// SPDX-License-Identifier: Apache-2.0
// Run several times at once: issues tokens into one registry, revokes every second one, prints the ids.
import { openTokens } from '../tokens.ts';

const [dir = '', count = '0'] = process.argv.slice(2);
const tokens = openTokens(dir);
for (let index = 0; index < Number(count); index++) {
  const { id } = tokens.issue({ role: 'viewer', label: `made by ${process.pid}` });
  if (index % 2 === 1) tokens.revoke(id);
  process.stdout.write(`${index % 2 === 1 ? 'revoked' : 'issued'} ${id}\n`);
}
