// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dockerAnswers, s3Container } from './containers.ts';
import { startS3 } from './seaweedfs.ts';

/** An S3 server for one test file. */
export interface TestS3 {
  endpoint: string;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
  /** Ends the server if it is ours, and removes its folder. Call it once, when the file's tests are over. */
  stop(): Promise<void>;
}

/**
 * The S3 server that tests run against: the one named by `ASHIATO_TEST_S3_URL`
 * (`http://accessKey:secret@host:port`, its credentials may make buckets), else a container where a Docker engine answers, else a
 * local one started for the purpose. Where neither can be had this throws, so that the tests fail and say what is missing.
 */
export async function s3ForTests(): Promise<TestS3> {
  const given = process.env.ASHIATO_TEST_S3_URL;
  if (given !== undefined && given !== '') return givenS3(given);
  if (await dockerAnswers()) {
    const { place, stop } = await s3Container();
    return { ...place, region: 'us-east-1', stop };
  }
  const dir = await mkdtemp(join(tmpdir(), 'ashiato-s3-'));
  const { endpoint, region, accessKeyId, secretAccessKey, stop } = await startS3({ dir });
  return {
    endpoint,
    region,
    accessKeyId,
    secretAccessKey,
    async stop() {
      await stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

function givenS3(text: string): TestS3 {
  const url = new URL(text);
  if (url.username === '' || url.password === '') {
    throw new Error(
      'ASHIATO_TEST_S3_URL must be http://accessKey:secret@host:port, got one without credentials',
    );
  }
  return {
    endpoint: url.origin,
    region: url.searchParams.get('region') ?? 'us-east-1',
    accessKeyId: decodeURIComponent(url.username),
    secretAccessKey: decodeURIComponent(url.password),
    stop: async () => {},
  };
}
