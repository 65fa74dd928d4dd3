// SPDX-License-Identifier: Apache-2.0
/** The process exit codes of `bpf-matrix`; they are an API. */
export const ExitCode = {
  /** Every selected kernel ran and passed. */
  ok: 0,
  /** An incompatibility or a regression. */
  incompatible: 1,
  /** Usage or configuration error; nothing was booted. */
  usage: 2,
  /** Infrastructure fault or a kernel that could not be had; nothing failed. */
  incomplete: 3,
  /** Interrupted by a signal. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];
