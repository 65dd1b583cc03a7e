// SPDX-License-Identifier: Apache-2.0
export { baseKeys } from './base-config.ts';
export { loadConfig } from './config.ts';
export { configTable, describeConfig } from './describe-config.ts';
export { RuntimeError } from './errors.ts';
export { type Part, runAll } from './lifecycle.ts';
export { createLogger, type Logger } from './logger.ts';
export { createMetrics, type Metrics } from './metrics.ts';
export { secretFile } from './secret.ts';
