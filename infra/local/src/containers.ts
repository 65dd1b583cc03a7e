// SPDX-License-Identifier: Apache-2.0
// Where a Docker engine answers, tests run against containers of the usual images; elsewhere against the engines
// that this room starts itself. Images are those of docker-compose.yml.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

export const IMAGES = {
  kafka: 'confluentinc/cp-kafka:8.1.0',
  clickhouse: 'clickhouse/clickhouse-server:26.3',
  s3: 'minio/minio:RELEASE.2025-09-07T16-13-09Z',
};

/** Whether a Docker engine answers on this machine (the client alone is not enough). Asked once. */
export const dockerAnswers = (): Promise<boolean> => {
  answer ??= promisify(execFile)('docker', ['info', '--format', '{{.ServerVersion}}'], {
    timeout: 5000,
  }).then(
    ({ stdout }) => /^\d/.test(stdout),
    () => false,
  );
  return answer;
};
let answer: Promise<boolean> | undefined;

export interface Container<T> {
  place: T;
  stop(): Promise<void>;
}

export async function kafkaContainer(): Promise<Container<{ bootstrap: string }>> {
  const { KafkaContainer } = await import('@testcontainers/kafka');
  const container = await new KafkaContainer(IMAGES.kafka)
    .withKraft()
    .withEnvironment({ KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false' })
    .start();
  const bootstrap = `${container.getHost()}:${container.getMappedPort(9093)}`;
  return { place: { bootstrap }, stop: async () => void (await container.stop()) };
}

export async function s3Container(): Promise<
  Container<{ endpoint: string; accessKeyId: string; secretAccessKey: string }>
> {
  const { MinioContainer } = await import('@testcontainers/minio');
  const container = await new MinioContainer(IMAGES.s3).start();
  const place = {
    endpoint: container.getConnectionUrl(),
    accessKeyId: container.getUsername(),
    secretAccessKey: container.getPassword(),
  };
  return { place, stop: async () => void (await container.stop()) };
}

export async function clickhouseContainer(): Promise<
  Container<{ url: string; username: string; password: string }>
> {
  const { ClickHouseContainer } = await import('@testcontainers/clickhouse');
  const container = await new ClickHouseContainer(IMAGES.clickhouse).start();
  const place = {
    url: container.getHttpUrl(),
    username: container.getUsername(),
    password: container.getPassword(),
  };
  return { place, stop: async () => void (await container.stop()) };
}
