// SPDX-License-Identifier: Apache-2.0

export { ClickHouseEmbeddedError } from './errors.ts';
export { type ClickHouse, type ClickHouseOptions, startClickHouse } from './start-clickhouse.ts';
