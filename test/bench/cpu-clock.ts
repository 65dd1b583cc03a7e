// SPDX-License-Identifier: Apache-2.0
// CPU time of processes, all their threads, as the kernel counts it (proc(5), /proc/PID/stat). Linux only.
import { readFileSync } from 'node:fs';

/** The kernel's clock ticks in /proc are hundredths of a second on every Linux (USER_HZ). */
const TICK_US = 10_000;

/** User and system time of a process and of its ended children so far, in microseconds. */
export function cpuMicros(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name may hold anything, so fields are counted from its closing bracket: the 3rd field comes first.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) * TICK_US;
}

export interface CpuClock {
  /** Wall seconds since the start. */
  seconds(): number;
  /** CPU microseconds since the start, by name. */
  spent(): Record<string, number>;
}

/** Starts counting for these processes; all of them MUST live until the last reading. */
export function startCpuClock(pids: Record<string, number>): CpuClock {
  const began = performance.now();
  const before = Object.fromEntries(Object.entries(pids).map(([name, pid]) => [name, cpuMicros(pid)]));
  return {
    seconds: () => (performance.now() - began) / 1000,
    spent: () =>
      Object.fromEntries(Object.entries(pids).map(([name, pid]) => [name, cpuMicros(pid) - before[name]!])),
  };
}
