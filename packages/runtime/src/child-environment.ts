// SPDX-License-Identifier: Apache-2.0

/** The environment for a process that we start: what the machine needs, and of our own keys only those given. */
export function childEnvironment(own: Record<string, string>): Record<string, string> {
  const machine = Object.entries(process.env).filter(
    (entry): entry is [string, string] => !entry[0].startsWith('ASHIATO_') && entry[1] !== undefined,
  );
  return { ...Object.fromEntries(machine), ...own };
}
