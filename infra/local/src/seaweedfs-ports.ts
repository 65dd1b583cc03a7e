// SPDX-License-Identifier: Apache-2.0
import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** The servers inside one SeaweedFS; each also listens on its port + 10000 for its peers. */
export interface SeaweedPorts {
  s3: number;
  filer: number;
  master: number;
  volume: number;
  admin: number;
}

const PEER_OFFSET = 10_000;
// Port + 10000 stays below 32768, where Linux begins to give ports to outgoing connections.
const LOWEST = 11_000;
const HIGHEST = 22_000;

/** Ports that are free now on 127.0.0.1, with `s3` as asked if it is given. */
export async function freePorts(s3?: number): Promise<SeaweedPorts> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const first = randomInt(LOWEST, HIGHEST);
    const ports = {
      s3: s3 ?? first,
      filer: first + 1,
      master: first + 2,
      volume: first + 3,
      admin: first + 4,
    };
    if (await areFree(ports)) return ports;
    if (s3 !== undefined && !(await isFree(s3)))
      throw new Error(`port ${s3} is taken; choose another for S3`);
  }
  throw new Error('found no ten free ports on 127.0.0.1 in 50 tries');
}

export async function areFree(ports: SeaweedPorts): Promise<boolean> {
  for (const port of Object.values(ports)) {
    if (!(await isFree(port)) || !(await isFree(port + PEER_OFFSET))) return false;
  }
  return true;
}

function isFree(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => probe.close(() => resolve(true)));
  });
}
