// SPDX-License-Identifier: Apache-2.0
import { readdirSync, readFileSync } from 'node:fs';

/** The variable by which the processes of one run are known among all others: they inherit it. */
export const markName = 'BPF_MATRIX_SOAK_MARK';

/** Empty for a process that is gone. */
function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}

/** Every process with this mark that is no zombie. */
export function processesOf(mark: string): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => read(`/proc/${pid}/environ`).split('\0').includes(`${markName}=${mark}`))
    .map(Number);
}

/** The machines among them. The kernel keeps 15 characters of a name. */
export function machinesOf(mark: string): readonly number[] {
  return processesOf(mark).filter((pid) => read(`/proc/${pid}/comm`).startsWith('qemu-system'));
}

export function nameOfProcess(pid: number): string {
  return read(`/proc/${pid}/cmdline`).split('\0').slice(0, 3).join(' ');
}

/** KiB of memory that a process had at most until now; 0 for one that is gone. */
export function peakMemory(pid: number): number {
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0);
}
