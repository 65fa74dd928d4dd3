// SPDX-License-Identifier: Apache-2.0
import type { Target } from '../target.js';

/** LSMs of a stock Debian or Ubuntu kernel with BPF LSM switched on. */
export const defaultLsm = ['landlock', 'lockdown', 'yama', 'integrity', 'apparmor', 'bpf'] as const;

export interface CmdlineOptions {
  readonly target: Target;
  /** Order matters to the kernel; `bpf` must be in it for LSM programs to be called. */
  readonly lsm: readonly string[];
  /** Appended as given. */
  readonly extra: readonly string[];
}

/** The kernel command line of every guest; part of a result's identity. */
export function kernelCmdline({ target, lsm, extra }: CmdlineOptions): string {
  return [
    `console=${target.boot.console}`,
    // Speaks before the serial driver does, so that a kernel that dies early dies aloud.
    target.boot.earlyConsole,
    // Notices and worse: the banner and every warning, without the device chatter.
    'loglevel=6',
    // Reboot at once; with -no-reboot QEMU ends, and the harness knows within milliseconds.
    'panic=-1',
    // A kernel that oopsed in the middle of a verdict can no longer be believed.
    'oops=panic',
    ...target.boot.cmdline,
    `lsm=${lsm.join(',')}`,
    ...extra,
  ].join(' ');
}
