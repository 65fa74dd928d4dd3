import { denied, flagEvent, fromExempt, type Words, scenarioClass } from '../language.js';

/** Looking into other processes, which `[deny_ptrace]` forbids to all but an exempt cgroup. */
export const ptrace = scenarioClass('ptrace', () => {
  const operation = (name: string, ...words: Words) =>
    denied(name, {
      rules: ['deny_ptrace', 'allow_cgroup'],
      attempt: words,
      neighbour: fromExempt(...words),
      event: flagEvent,
    });
  return {
    arrange: [],
    inodes: [],
    rules: () => ({ deny_ptrace: [], allow_cgroup: ['/exempt'] }),
    scenarios: [
      operation('PTRACE_ATTACH', 'ptrace'),
      operation('PTRACE_SEIZE', 'seize'),
      operation('PTRACE_TRACEME', 'traceme'),
      operation('process_vm_readv', 'vm-readv'),
      operation('/proc/PID/mem', 'proc-mem'),
    ],
  };
});
