// SPDX-License-Identifier: Apache-2.0

/** What was found wrong, and where: an object key, a record id, a partition. */
export interface Fault {
  kind:
    | 'segment'
    | 'chain'
    | 'policy'
    | 'version'
    | 'projection'
    | 'stray'
    /** Batches, heads, checkpoints and entries of the log, and what they say of a segment. */
    | 'log'
    | 'tile'
    | 'index';
  place: string;
  fault: string;
}
