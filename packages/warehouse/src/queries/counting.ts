// SPDX-License-Identifier: Apache-2.0
// How records are counted, said once: re-deliveries never (their `counted` is 0). A source that numbers its
// events is told apart by the recorder, so its records count one each. One that does not may have sent the same
// event into another partition, where no recorder could know it: same source, id and bytes count once.

/** SQL for the number of counted records for which `condition` holds; rows MUST be restricted to `counted = 1`. */
export function countedIf(condition: string): string {
  return `countIf(sequenced = 1 AND (${condition})) + uniqExactIf((source, event_id, event_digest), sequenced = 0 AND (${condition}))`;
}
