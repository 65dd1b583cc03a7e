// SPDX-License-Identifier: Apache-2.0
// What the recorder hands in to be committed. Texts are binary strings: one character per byte.
import type {
  CommittedDelivery,
  EncryptedMember,
  Mark,
  RecordedGap,
  SegmentHeader,
  Unreadable,
} from '@ashiato/schema';

export interface EventDraft {
  kind: 'event';
  offset: number;
  /** The broker's clock, milliseconds since 1970. */
  appendedAt: number;
  /** The event's bytes as received, but for encrypted members. */
  text: string;
  /** The same bytes as bytes. */
  bytes: Uint8Array;
  /** JSON of the committed verdict, or `null` as text. */
  verdict: string;
  /** Absent for a plain new record. */
  delivery?: CommittedDelivery;
  marks?: Mark[];
  encrypted?: EncryptedMember[];
}

export interface UnreadableDraft {
  kind: 'unreadable';
  offset: number;
  appendedAt: number;
  problem: Unreadable['problem'];
  bytes: number;
  encrypted: EncryptedMember | null;
}

export type RecordDraft = EventDraft | UnreadableDraft;

/** What the recorder says of a segment besides its records; the rest of its header follows from the chain. */
export interface SegmentFacts {
  gaps: RecordedGap[];
  policies: SegmentHeader['policies'];
  sources: SegmentHeader['sources'];
  clusterId: string | null;
  createdAt: Date;
  recorder: string;
  evaluator: string;
  /** Encryption keys by offset, base64; stored outside the lock before the commit. */
  keys: Map<number, string>;
}

/** A segment as a whole. */
export interface SegmentDraft extends SegmentFacts {
  records: RecordDraft[];
}
