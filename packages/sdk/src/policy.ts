// SPDX-License-Identifier: Apache-2.0
// The door (`@ashiato/sdk/policy`) of those who let a trail enforce their policy.
export { compile, type Judge } from '@ashiato/policy';
export { loadPolicies } from '@ashiato/policy/load';
export type { AllowedField, PolicyVocabulary } from '@ashiato/policy/vocabulary';
