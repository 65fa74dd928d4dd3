// SPDX-License-Identifier: Apache-2.0
import type { ProbedOperation } from '../model/operations.js';
import type { ProbeOperation } from './scenario.js';

const one = <const Operation extends ProbedOperation>(operation: Operation, ...commands: readonly string[]) =>
  commands.map((command) => [command, operation] as const);

/** By the first word of a probe's command (bpf/probe/attempt), what an agent denies that denies it. */
const operations: ReadonlyMap<string, ProbedOperation> = new Map<string, ProbedOperation>([
  ...one('open', 'open', 'openat', 'openat2', 'relative', 'dirfd', 'unfaulted', 'swap', 'bind-mount', 'open-renamed'),
  ...one('open', 'reopen', 'self-root', 'setns-root', 'chroot', 'userns', 'merged-open'),
  ...one('create', 'creat'),
  ...one('truncate', 'truncate'),
  ...one('rename', 'rename'),
  ...one('link', 'link'),
  ...one('unlink', 'unlink'),
  ...one('handle', 'open-handle'),
  ...one('copy-up', 'overlay-open', 'merged-chmod'),
  ...one('mmap', 'map-opened', 'map', 'loader'),
  ...one('exec', 'exec', 'execveat', 'script', 'memfd-exec'),
  ...one('connect', 'connect'),
  ...one('bind', 'bind'),
  ...one('listen', 'listen-moved'),
  ...one('accept', 'accept'),
  ...one('send', 'sendto', 'sendto-unspec', 'sendmsg', 'sendmmsg', 'send-elsewhere'),
  ...one('receive', 'recv', 'recvmsg'),
  ...one('ptrace', 'ptrace', 'seize', 'vm-readv', 'proc-mem', 'traceme'),
  ...one('module', 'finit-module', 'init-module'),
  ...one('bpf', 'bpf-map', 'bpf-prog', 'bpf-get'),
  ...one('io_uring', 'uring-open', 'uring-connect'),
]);

/** Null for a command that no agent is asked to deny. */
export function operationOf([command]: ProbeOperation): ProbedOperation | null {
  return operations.get(command) ?? null;
}
