// SPDX-License-Identifier: Apache-2.0
export {
  baseKeys,
  type Engines,
  engineKeys,
  enginesOf,
  type Listen,
  listenKey,
  objectsOf,
} from './base-config.ts';
export { childEnvironment } from './child-environment.ts';
export { loadConfig } from './config.ts';
export { announce, type Deployment, findDeployment, withdraw } from './deployment.ts';
export { configTable, describeConfig } from './describe-config.ts';
export { RuntimeError } from './errors.ts';
export { healthListenKey, healthPart } from './health-part.ts';
export { keptSecret } from './kept-secret.ts';
export { type Part, runAll } from './lifecycle.ts';
export { createLogger, type Logger } from './logger.ts';
export { createMetrics, type Metrics } from './metrics.ts';
export { createPolicyGauges } from './policy-gauges.ts';
export { runMain } from './run-main.ts';
export { type Secret, secretFile } from './secret.ts';
