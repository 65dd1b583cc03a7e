// SPDX-License-Identifier: Apache-2.0
// Run as a process of its own: creates one retained object and dies, or is lied to, at one exact step of it.
import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

const [url = '', key = '', point = ''] = process.argv.slice(2);
const { link, open, rm } = fs;
const here = (name: string) => {
  if (point === 'tell') process.stdout.write(`${name}\n`);
  if (point === name) process.kill(process.pid, 'SIGKILL');
};
fs.open = async (...args) => {
  const file = await open(...args);
  const { sync } = file;
  file.sync = async () => {
    here((await file.stat()).isDirectory() ? 'before the folder is synced' : 'before the file is synced');
    await sync.call(file);
  };
  return file;
};
fs.link = async (from, to) => {
  here('before link');
  await link(from, to);
  here('after link');
  if (point === 'link done and reported failed') throw Object.assign(new Error('EIO'), { code: 'EIO' });
};
fs.rm = async (...args) => {
  here('before the temporary file goes');
  return rm(...args);
};
syncBuiltinESMExports(); // the store's named imports are these from now on

const { openObjectStore } = await import('../index.ts');
const store = openObjectStore(url);
const retainUntil = new Date(Date.now() + 3_600_000);
const told = await store.create(key, new TextEncoder().encode('whole'), { retainUntil }).then(
  ({ outcome }) => outcome,
  (error: { code: string }) => error.code,
);
process.stdout.write(`${told}\n`);
