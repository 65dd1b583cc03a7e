// SPDX-License-Identifier: Apache-2.0

/** The program's one answer, on standard output. */
export function tell(reading: object): void {
  process.stdout.write(`${JSON.stringify(reading)}\n`);
}
