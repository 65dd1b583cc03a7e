// SPDX-License-Identifier: Apache-2.0
/** What Java's client answers for six partitions: toPositive(murmur2(utf-8 bytes)) % 6 of kafka-clients 4.4.0. */
export const KEY_PARTITIONS: [string, number][] = [
  ['desk-1', 0],
  ['', 3],
  ['a', 4],
  ['ab', 2],
  ['顧客', 0],
  ['0123456789', 2],
  ['intake-tokyo-3:7', 3],
];
