// SPDX-License-Identifier: Apache-2.0

export { describeSegment, type SegmentDescription } from './describe-segment.ts';
export { cutMembers, decryptMember, encryptMember, newRecordKey } from './encrypt-members.ts';
export { LedgerError, type LedgerErrorCode } from './errors.ts';
export {
  type ClosedSegment,
  type Committed,
  createLedger,
  DEFAULT_RETENTION_MS,
  type Ledger,
  type Tip,
} from './ledger.ts';
export { createOpenSegment, freshMemory, type OpenSegment } from './open-segment.ts';
export { createRecordProver, proveRecord, type RecordProver } from './prove-record.ts';
export type { EventDraft, RecordDraft, SegmentDraft, SegmentFacts, UnreadableDraft } from './record-draft.ts';
export { delivered, digestOf } from './replay-segment.ts';
export { recordLines, records, type Segment, segmentKey } from './segment.ts';
export {
  formatIndex,
  indexKey,
  lookUp,
  openIndex,
  type SegmentIndex,
} from './segment-index.ts';
export { type ChainStart, writeStart } from './start-pointer.ts';
export { leafParts, leavesOfStored, rootOfStored, storedEvent } from './stored-leaves.ts';
export { type SegmentFault, verifySegment } from './verify-segment.ts';
