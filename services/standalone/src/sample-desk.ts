// SPDX-License-Identifier: Apache-2.0
// The sample: a real service of an invented company, on a port of its own, and made-up staff who work at it over HTTP.
import { join } from 'node:path';
import { deskPart, passwordFile } from '@ashiato/customer-desk';
import type { Queue } from '@ashiato/queue';
import type { Logger, Part } from '@ashiato/runtime';
import type { z } from 'zod';
import type { standaloneConfig } from './config.ts';

export interface SampleDeskDeps {
  config: Readonly<z.output<typeof standaloneConfig>>;
  tls: { cert: string; key: string } | undefined;
  queue: Queue;
  logger: Logger;
}

export function sampleDesk({ config, tls, queue, logger }: SampleDeskDeps): Part {
  const dir = join(config.ASHIATO_DATA_DIR, 'customer-desk');
  return deskPart({
    listen: config.ASHIATO_CUSTOMER_DESK_LISTEN,
    ...(tls && { tls }),
    secureCookies: tls !== undefined || config.ASHIATO_BEHIND_PROXY,
    dir,
    source: '/sample/customer-desk',
    destination: { queue },
    mode: 'strict',
    sampleStaff: true,
    logger,
    onListening: address =>
      process.stdout.write(`
  sample    ${address}  a customer desk of an invented company (--no-sample stops it)
            made-up staff work there; join them as st-101, password in ${passwordFile(dir)}
`),
  });
}
