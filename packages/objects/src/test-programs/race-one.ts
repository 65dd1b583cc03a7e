// SPDX-License-Identifier: Apache-2.0
// Run several times at once by the race test: creates `count` keys and prints which ones this process won.
import { openObjectStore } from '../index.ts';

const [url = '', credentials = '{}', count = '0', me = ''] = process.argv.slice(2);
const store = openObjectStore(url, JSON.parse(credentials));
process.stdout.write('ready\n');
await new Promise(go => process.stdin.once('data', go));
for (let index = 0; index < Number(count); index++) {
  const { outcome } = await store.create(`race/${index}`, new TextEncoder().encode(me));
  if (outcome === 'created') process.stdout.write(`won ${index}\n`);
}
await store.close();
process.exit(0);
