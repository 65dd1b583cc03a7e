// SPDX-License-Identifier: Apache-2.0
// Run as a process of its own: one round of a notary that dies before or after its n-th create, or never.
import { openObjectStore } from '@ashiato/objects';
import { notaryOn, signerThatTells } from '../notary.testing.ts';

const [dir = '', step = '0', when = ''] = process.argv.slice(2);
const objects = openObjectStore(`file:${dir}`, {});
let creates = 0;
const mortal: typeof objects = {
  ...objects,
  async create(key, bytes, options) {
    creates++;
    if (creates === Number(step) && when === 'before') process.kill(process.pid, 'SIGKILL');
    const created = await objects.create(key, bytes, options);
    process.stdout.write(`${key}\n`);
    if (creates === Number(step) && when === 'after') process.kill(process.pid, 'SIGKILL');
    return created;
  },
};
await notaryOn(mortal, { signer: signerThatTells(dir) }).round();
await objects.close();
