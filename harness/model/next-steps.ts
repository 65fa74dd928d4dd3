// SPDX-License-Identifier: Apache-2.0
import type { FailureCode } from './verdict.js';

/** What to do about each code where the evidence singles nothing out; docs/failure-codes.md says the same. */
export const nextSteps: Readonly<Record<FailureCode, string>> = {
  VERIFIER_REJECTED: 'change the line of your source that is named, then load it alone: --only load',
  HOOK_MISSING: 'name a hook that this kernel has, or make the program optional: SEC("?...")',
  BTF_MISSING: 'boot a kernel with CONFIG_DEBUG_INFO_BTF, or build the object without CO-RE',
  CORE_RELOCATION: 'guard the access with bpf_core_field_exists, or read another field on this kernel',
  HELPER_UNSUPPORTED: 'do without the helper on this kernel, or move its use to a program type that has it',
  MAP_UNSUPPORTED: 'take a map type that this kernel has, or create the map only where it does',
  PROG_TYPE_UNSUPPORTED: 'make the program optional, SEC("?..."), or leave it out on this kernel',
  ATTACH_FAILED: 'attach to a place that this kernel has: what it says of the function is with the failure',
  LOAD_FAILED: 'read what was tried and what it proves, then leave parts of the program out until it loads',
  OBJECT_INVALID: 'build the object again for BPF, with BTF: clang -target bpf -g',
  EXPECTATION_CHANGED: 'take the entry out of expectations, or correct it',
  NOTHING_TESTED: 'name a kernel, an object with programs, and classes that the agent offers',
  COMMAND_FAILED: 'read its output in the report, and try it by hand: shell --kernel with the same kernel',
  FLAKY: 'find the race between the two answers; running it again hides it',
  PROGRAM_LOST: 'mend the failure that is shown beside the program',
  PROGRAM_DISAPPEARED: 'look for a section that was renamed or left out of the build: manifest check needs no VM',
  HOOK_LOST: 'look at the attach step of the program, or at the scenario that is named',
  POSTURE_CHANGED: 'look why it claims another state: the checks of class posture say it',
  SCENARIO_CHANGED:
    'mend the failed check; one that is gone was removed from the catalogue or from what the agent claims',
  FAILURE_CHANGED: 'read both failures: a new reason may hide the old one',
  MANIFEST_NO_BASELINE: 'review it, and write it down with --update',
  VERIFIER_REGRESSION: 'look for a new loop, a branch before a loop, or an inlined function; the limit is in veristat',
  STATS_LOST: 'look at logs/<kernel>/verifier: its log could not be read',
  SILENT_DOWNGRADE:
    'look at how hooks are looked up (bpf_lsm_<hook>), at programs left out of the load, at dropped errors of attaching',
  POSTURE_DISHONEST:
    'report and announce the state that holds, once it does; the report and its last words are with the check',
  ENFORCEMENT_LEAK: 'look why the rule did not match this name, address or hook, or why the program returned 0',
  FALSE_BLOCK: 'look what the rule matches too much: prefix lengths, ports without protocol, a folder for a file',
  AUDIT_DENIED: 'bring the mode to the program that decides: in audit mode it returns 0',
  OBSERVER_DENIED: 'return what comes in, `ret`, on every path of the program that is named',
  RETURN_REPLACED: 'end with `return ret` on every path',
  WRONG_SIGNAL: 'send the configured signal; on tracepoints `none` means KILL, and the escalation counts by process',
  EVENT_MISSING: 'look for a record that is not submitted, a full ring buffer, or events under another process',
  EVENT_WRONG: 'write the expected value into the field that differs; a word of its own goes into its dialect',
  EVENT_DIRTY_TAIL: 'zero the record before filling it, and copy strings into zeroed fields',
  SEAM_INFIDELITY: 'take the real path behind the override, with nothing but tracepoints attached',
  AGENT_NOT_STARTED:
    'paste command.txt of logs/<kernel>/<environment>/ into shell --kernel, and mend what it says there',
  POLICY_REFUSED: 'mend how the agent reads this kind of rule, or take it out of rules in the configuration',
  AGENT_DIED: 'start at the attempt before its end and the last lines of its stderr, which are with the check',
  AGENT_HUNG: 'look what it waits for; raise deadlines in its configuration where emulation makes it slow',
  PROBE_TAMPERED:
    'leave PID 1 and processes named attempt, oracle and rehearse alone: neither trace them nor open their memory',
  DENIAL_CONTRADICTED: 'look for who does it all the same: the agent itself, or a hook that refuses after the effect',
  KERNEL_SPLAT: 'follow the splat; where this kernel has it with --only load, too, the agent is not its cause',
  CONTROL_FAILED: 'give the machine what the attempt needs: look at the errno, the kernel configuration, --append',
};
