// SPDX-License-Identifier: Apache-2.0
import { readdirSync, readFileSync } from 'node:fs';

/** What a test puts into the environment of a run, so that the QEMUs of this run are known among all others. */
export const markOf = (mark: string): Record<string, string> => ({ BPF_MATRIX_TEST_MARK: mark });

/** Process ids of the QEMUs that live below a run with this mark. Their command lines are those of any other run. */
export function qemus(mark: string): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.filter((pid) => isQemu(pid) && environmentOf(pid).includes(`BPF_MATRIX_TEST_MARK=${mark}`)).map(Number);
}

/** The kernel keeps 15 characters of a name. */
const isQemu = (pid: string): boolean => read(`/proc/${pid}/comm`).startsWith('qemu-system');
const environmentOf = (pid: string): readonly string[] => read(`/proc/${pid}/environ`).split('\0');

/** Empty for a process that is gone, or another user's. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
