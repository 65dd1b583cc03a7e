// SPDX-License-Identifier: Apache-2.0
export { rootOfStored, storedEvent } from './build-segment.ts';
export { cutMembers, decryptMember, encryptMember, newRecordKey } from './encrypt-members.ts';
export { LedgerError, type LedgerErrorCode } from './errors.ts';
export { type Committed, createLedger, DEFAULT_RETENTION_MS, type Ledger, type Tip } from './ledger.ts';
export type { EventDraft, RecordDraft, SegmentDraft, UnreadableDraft } from './record-draft.ts';
export { delivered, digestOf } from './replay-segment.ts';
export { recordLines, records, type Segment, segmentKey } from './segment.ts';
export { type SegmentFault, verifySegment } from './verify-segment.ts';
