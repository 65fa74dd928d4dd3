// SPDX-License-Identifier: Apache-2.0

/** What can be attempted on what a rule names, as `agent.operations` of matrix.config.json has it. */
export const probedOperations = [
  'open',
  'create',
  'truncate',
  'rename',
  'link',
  'unlink',
  'handle',
  'copy-up',
  'mmap',
  'exec',
  'connect',
  'bind',
  'listen',
  'accept',
  'send',
  'receive',
  'ptrace',
  'module',
  'bpf',
  'io_uring',
] as const;
export type ProbedOperation = (typeof probedOperations)[number];
