// SPDX-License-Identifier: Apache-2.0
export { intakeKeys } from './config.ts';
export { createIntake, type IntakeDeps } from './intake.ts';
export { intakePaths } from './openapi.ts';
export { PROBLEMS as INTAKE_PROBLEMS } from './problems.ts';
