// SPDX-License-Identifier: Apache-2.0
// SHA-256 in Node. `package.json` maps `#sha256` here, and to `sha256-noble.ts` where a browser judges.
import { createHash } from 'node:crypto';

/** SHA-256 of the text's UTF-8, in hex. */
export const sha256Hex = (text: string): string => createHash('sha256').update(text).digest('hex');
