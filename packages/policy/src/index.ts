// SPDX-License-Identifier: Apache-2.0

export { bundleText, type PolicyBundle } from './bundle.ts';
export { compile, type Judge } from './compile.ts';
export { describeFinding } from './describe-finding.ts';
export { PolicyError } from './errors.ts';
export { explain, explanationText } from './explain.ts';
export { parsePolicy } from './parse-policy.ts';
export { type Finding, type Verdict, verdictJson } from './verdict.ts';
