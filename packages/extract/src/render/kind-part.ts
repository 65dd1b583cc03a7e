// SPDX-License-Identifier: Apache-2.0
import type { ShownRecord } from '../verify/record-line.ts';
import type { Html } from './html.ts';
import type { Language } from './words.ts';

/** What a kind of extract adds to the common pages: it sees every matching record once, then writes its part. */
export interface KindPart {
  add(record: ShownRecord): void;
  html(language: Language): Html[];
}

/** Lines of a listing in a summary; records.csv has them all. */
export const MOST_LISTED = 2_000;
