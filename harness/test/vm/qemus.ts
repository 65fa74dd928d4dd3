import { execFileSync } from 'node:child_process';

/** Process ids of the QEMUs of one run: told apart by the unique word that each run appends to its command line. */
export function qemus(mark: string): string[] {
  try {
    return execFileSync('pgrep', ['-f', `^[^ ]*qemu-system.*${mark}`])
      .toString()
      .trim()
      .split('\n');
  } catch {
    return [];
  }
}
