// SPDX-License-Identifier: Apache-2.0
import { clickhouseContainer, dockerAnswers } from './containers.ts';

export interface TestClickHouse {
  url: string;
  username: string;
  password: string;
  stop(): Promise<void>;
}

/**
 * A real ClickHouse server beside the embedded one: the one named by ASHIATO_TEST_CLICKHOUSE_URL
 * (`http://user:password@host:port`), else a container where a Docker engine answers; undefined where there is
 * neither, since the embedded engine is tested in any case.
 */
export async function clickhouseForTests(): Promise<TestClickHouse | undefined> {
  const given = process.env.ASHIATO_TEST_CLICKHOUSE_URL;
  if (given) {
    const url = new URL(given);
    const [username, password] = [url.username || 'default', url.password].map(decodeURIComponent);
    return { url: url.origin, username: username!, password: password!, stop: async () => {} };
  }
  if (!(await dockerAnswers())) return undefined;
  const { place, stop } = await clickhouseContainer();
  return { ...place, stop };
}
