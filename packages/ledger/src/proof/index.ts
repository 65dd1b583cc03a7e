// SPDX-License-Identifier: Apache-2.0
// What a proof consists of and how it is checked; pure, without Node, so that it runs in a verifier's browser.
export {
  compareKeys,
  entryLeaf,
  formatEntry,
  type IndexEntry,
  type Lookup,
  type LookupProof,
  lookupProof,
  type PlacedEntry,
  UNKNOWN_KEY,
  verifyLookup,
} from './index-lookup.ts';
export {
  formatLeaf,
  INDEX_NAMES,
  type IndexHead,
  type IndexName,
  type LogLeaf,
  parseLeaf,
  type SegmentLeaf,
} from './log-leaf.ts';
export { type RecordProof, recordProof, type VerifiedRecord, verifyRecord } from './record-proof.ts';
