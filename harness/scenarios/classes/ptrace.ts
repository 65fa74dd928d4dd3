// SPDX-License-Identifier: Apache-2.0
import { deniedScenario, attemptFromExempt, ruleEvent, scenarioClass } from '../language.js';

const eperm = 1;
/** What opening /proc/PID/mem makes of every refusal: mm_access() answers EACCES (kernel/fork.c). */
const eacces = 13;

/** Looking into other processes, which `[deny_ptrace]` forbids to all but an exempt cgroup. */
export const ptrace = scenarioClass('ptrace', () => {
  const operation = (name: string, word: string, refusal = eperm) =>
    deniedScenario(name, {
      rules: ['deny_ptrace', 'allow_cgroup'],
      attempt: [word],
      neighbour: attemptFromExempt(word),
      event: ruleEvent,
      refusal,
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
      operation('/proc/PID/mem', 'proc-mem', eacces),
    ],
  };
});
