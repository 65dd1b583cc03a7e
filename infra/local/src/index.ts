// SPDX-License-Identifier: Apache-2.0
export { clickhouseForTests, type TestClickHouse } from './clickhouse-for-tests.ts';
export { type KafkaPlace, type StartedKafka, startKafka } from './kafka.ts';
export { type KafkaForTests, kafkaForTests, ownKafkaForTests } from './kafka-for-tests.ts';
export { kafkaJars } from './kafka-jars.ts';
export { s3ForTests } from './s3-for-tests.ts';
export { type LocalS3, startS3 } from './seaweedfs.ts';
