// SPDX-License-Identifier: Apache-2.0
// Who reads what: partitions in turn among the members that asked for their topic.

/** The same members and partitions give the same shares, whatever the order they are listed in. */
export function share(
  topicsOf: Map<string, string[]>,
  partitionsOf: (topic: string) => number[],
): Map<string, Record<string, number[]>> {
  const members = [...topicsOf.keys()].sort();
  const shares = new Map<string, Record<string, number[]>>(members.map(member => [member, {}]));
  let turn = 0;
  for (const topic of [...new Set([...topicsOf.values()].flat())].sort()) {
    const interested = members.filter(member => topicsOf.get(member)?.includes(topic));
    for (const partition of [...partitionsOf(topic)].sort((a, b) => a - b)) {
      const mine = shares.get(interested[turn++ % interested.length]!)!;
      mine[topic] = [...(mine[topic] ?? []), partition];
    }
  }
  return shares;
}
