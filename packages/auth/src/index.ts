// SPDX-License-Identifier: Apache-2.0
export { AuthError } from './errors.ts';
export { firstStart } from './first-start.ts';
export { type Action, can, ROLES, type Role } from './roles.ts';
export { createSignIns, type SignIns } from './sign-ins.ts';
export { createTokens, openTokens, type Tokens, type Verified } from './tokens.ts';
