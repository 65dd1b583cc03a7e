// SPDX-License-Identifier: Apache-2.0
// Run as a process of its own by tests that kill it: creates objects one after the other and prints each key
// only after create resolved. Arguments: URL, credentials as JSON, key prefix, bytes per object, retain (ISO) or -.
import { openObjectStore } from '../index.ts';
import { bytesFor } from './bytes-for.ts';

const [url = '', credentials = '{}', prefix = '', size = '0', retain = '-'] = process.argv.slice(2);
const store = openObjectStore(url, JSON.parse(credentials));
for (let index = 0; ; index++) {
  const key = `${prefix}${String(index).padStart(6, '0')}`;
  const options = retain === '-' ? {} : { retainUntil: new Date(retain) };
  const { outcome } = await store.create(key, bytesFor(key, Number(size)), options);
  process.stdout.write(`${outcome} ${key}\n`);
}
