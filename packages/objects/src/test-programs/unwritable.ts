// SPDX-License-Identifier: Apache-2.0
// Run on a 1 MiB tmpfs by the folder's test: says what happens when it is full, or turned read-only.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { ObjectsError, openObjectStore } from '../index.ts';

const [folder = '', what = ''] = process.argv.slice(2);
const say = (line: string) => process.stdout.write(`${line}\n`);
const small = new TextEncoder().encode('small');
const url = `file:${folder}/objects`;
const store = openObjectStore(url);

/** The error's code; 'fine' where there was none. */
async function codeOf(work: () => unknown): Promise<ObjectsError | { code: 'fine'; message: '' }> {
  try {
    await work();
    return { code: 'fine', message: '' };
  } catch (error) {
    if (error instanceof ObjectsError) return error;
    throw error;
  }
}

await store.create('first', small);
if (what === 'full') {
  const large = new Uint8Array(2 * 1024 * 1024);
  const { code, message } = await codeOf(() => store.create('large', large));
  say(`full ${code} ${/no space left/.exec(message)?.[0]}`);
  say((await store.has('large')) ? 'there' : 'absent');
  say(`temporary ${readdirSync(`${folder}/objects/.ashiato/tmp`).length}`);
  say(`first ${(await store.get('first'))?.bytes.length === small.length ? 'created' : 'lost'}`);
  say(`after freeing ${(await store.create('large', small)).outcome}`);
} else {
  await store.close(); // a file system with files open for writing cannot be turned
  const remounted = spawnSync('mount', ['-o', 'remount,ro', folder]);
  if (remounted.status !== 0) throw new Error(`could not remount: ${remounted.stderr}`);
  const { code, message } = await codeOf(() => openObjectStore(url));
  say(`open ${code} ${/mount it writable/.exec(message)?.[0]}`);
}
