// SPDX-License-Identifier: Apache-2.0
// What every queue promises, as tests: run on each implementation with a real engine below.
import { describe } from 'vitest';
import { publishContract } from './contract/publish.contract.ts';
import type { QueueBed } from './contract/queue-bed.ts';
import { readContract } from './contract/read.contract.ts';

export function queueContract(name: string, bed: QueueBed): void {
  describe(`${name}, publishing`, () => publishContract(bed));
  describe(`${name}, reading`, () => readContract(bed));
}
