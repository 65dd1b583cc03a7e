// SPDX-License-Identifier: Apache-2.0

/** Why bytes are no event of ours (DESIGN 6 lists what counts as unparsable). */
export const UNREADABLE_PROBLEMS = [
  'empty',
  'too_large',
  'invalid_utf8',
  'invalid_json',
  'duplicate_member',
  'lone_surrogate',
  'number_too_large',
  'too_deep',
  'strange_member_name',
  'not_a_cloudevent',
  'unknown_type',
] as const;
export type UnreadableProblem = (typeof UNREADABLE_PROBLEMS)[number];
