// SPDX-License-Identifier: Apache-2.0
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface CuttingProxy {
  endpoint: string;
  /** How many of the next requests reach the server while their answers are cut off. */
  cutNext(method: string, answers: number): void;
  /** How many answers were cut so far. */
  cuts(): number;
  close(): Promise<void>;
}

/**
 * Stands before a real S3 server and passes bytes on. When told so, it lets a request through and closes the
 * connection in place of the answer: the put is carried out, and its sender never hears of it.
 */
export async function startCuttingProxy(target: URL): Promise<CuttingProxy> {
  let method = '';
  let left = 0;
  let cut = 0;
  const sockets = new Set<Socket>();
  const proxy = createServer(client => {
    const server = connect(Number(target.port), target.hostname);
    for (const socket of [client, server])
      sockets.add(socket).add(socket.on('error', () => socket.destroy()));
    let cutting = false;
    client.on('data', chunk => {
      if (left > 0 && chunk.toString('latin1').startsWith(`${method} `)) {
        left -= 1;
        cutting = true;
      }
      server.write(chunk);
    });
    server.on('data', chunk => {
      if (!cutting) return client.write(chunk);
      if (chunk.toString('latin1').startsWith('HTTP/1.1 100')) return client.write(chunk);
      cut += 1;
      client.destroy();
      return server.destroy();
    });
    client.on('close', () => server.destroy());
    server.on('close', () => client.destroy());
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    cutNext(next, answers) {
      method = next;
      left = answers;
    },
    cuts: () => cut,
    async close() {
      for (const socket of sockets) socket.destroy();
      proxy.close();
      await once(proxy, 'close');
    },
  };
}
