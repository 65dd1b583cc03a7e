// SPDX-License-Identifier: Apache-2.0
export {
  type Checkpoint,
  type CheckpointKeys,
  formatCheckpoint,
  type OpenedCheckpoint,
  openCheckpoint,
  parseCheckpoint,
  type TreeHead,
} from './checkpoint.ts';
export { cosignText } from './cosignature.ts';
export {
  createSigner,
  formatSkey,
  formatVkey,
  parseSkey,
  parseVkey,
  type SignatureType,
  type Signer,
  type VerifierKey,
  verifierKey,
} from './keys.ts';
export { formatNote, formatSignature, type Note, type NoteSignature, parseNote, signText } from './note.ts';
export { type NoteRefusal, type OpenedNote, openNote, type Signed } from './open-note.ts';
