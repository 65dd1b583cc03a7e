// SPDX-License-Identifier: Apache-2.0
export { type KafkaPlace, type StartedKafka, startKafka } from './kafka.ts';
export { type KafkaForTests, kafkaForTests } from './kafka-for-tests.ts';
