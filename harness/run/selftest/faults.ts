// SPDX-License-Identifier: Apache-2.0
import { defaultContract } from '../../contracts/registry.js';
import type { CheckClass, Environment } from '../../model/check.js';
import type { Finding } from '../../model/finding.js';
import type { FailureCode, InfraCause } from '../../model/verdict.js';

type Code = FailureCode | InfraCause;

/** One planted fault, and how it must be caught. */
export interface Fault {
  readonly name: string;
  /** The contract whose own agent it is planted in. */
  readonly contract: string;
  /** What is wrong, for a person. */
  readonly what: string;
  readonly target:
    /** A faulty agent, `build/selftest/agent-NAME`. */
    | { readonly kind: 'agent' }
    /** A faulty object under that agent, `build/selftest/NAME.bpf.o`. */
    | { readonly kind: 'object' }
    /** A faulty object that is only loaded. */
    | { readonly kind: 'load' }
    /** Our own agent and object, while the kernel is made to complain. */
    | { readonly kind: 'warn' }
    /** Nothing is wrong. */
    | { readonly kind: 'healthy' };
  /** Where it is looked for: the fewest machines and classes that can show it. */
  readonly environments: readonly Environment[];
  readonly classes: readonly CheckClass[] | 'all';
  /** Must all be raised; by kernel where kernels differ. */
  readonly caught: (kernel: string) => readonly Code[];
  /** May be raised besides: what follows from the fault. */
  readonly follows: readonly Code[];
  /** What the one finding names besides its code, which is the first that must be raised. */
  readonly at?: Partial<Pick<Finding, 'hook' | 'rule' | 'program' | 'eventClaim'>>;
}

const everywhere =
  (...codes: readonly Code[]): Fault['caught'] =>
  () =>
    codes;

const lsm = ['lsm'] as const;
const contract = defaultContract.name;

type How = Omit<Fault, 'name' | 'what' | 'target' | 'contract'>;

function agent(name: string, what: string, how: How): Fault {
  return { name, what, contract, target: { kind: 'agent' }, ...how };
}

function object(name: string, what: string, how: How): Fault {
  return { name, what, contract, target: { kind: 'object' }, ...how };
}

function load(name: string, what: string, caught: Fault['caught']): Fault {
  return { name, what, contract, target: { kind: 'load' }, environments: [], classes: [], caught, follows: [] };
}

/** In the object of an agent that observes. */
function observer(name: string, what: string, how: Omit<How, 'environments'>): Fault {
  return { name, what, contract: 'audit', target: { kind: 'object' }, environments: lsm, ...how };
}

const { lsm: lsmOverride } = defaultContract.conventions.overrides;

/** The return-range check knows no negation from 6.12 to 6.16. */
function withoutNegation(kernel: string): readonly Code[] {
  return /^6\.1[2-6](?:\/|$)/.test(kernel) ? ['VERIFIER_REJECTED'] : [];
}

export const faults: readonly Fault[] = [
  {
    name: 'healthy',
    contract,
    what: 'nothing is wrong',
    target: { kind: 'healthy' },
    environments: ['lsm', 'lsm-override', 'no-lsm'],
    classes: 'all',
    caught: everywhere(),
    follows: [],
  },
  agent('bare-hooks', 'looks hooks up by their bare names, finds none, and says ENFORCE', {
    environments: lsm,
    classes: ['network', 'file'],
    caught: everywhere('SILENT_DOWNGRADE'),
    follows: ['ENFORCEMENT_LEAK', 'EVENT_MISSING'],
  }),
  agent('dead-hook', 'lets go of the link of file_open, and says ENFORCE', {
    environments: lsm,
    classes: ['file', 'bypass', 'posture', 'restart', 'signal'],
    caught: everywhere('SILENT_DOWNGRADE'),
    follows: ['ENFORCEMENT_LEAK', 'EVENT_MISSING', 'EVENT_WRONG', 'WRONG_SIGNAL', 'POSTURE_DISHONEST'],
    at: { hook: 'file_open', program: 'deny_open' },
  }),
  object('program_dropped', 'one LSM program is not in the object, and the agent says ENFORCE', {
    environments: lsm,
    classes: ['module'],
    caught: everywhere('SILENT_DOWNGRADE'),
    follows: [],
    at: { hook: 'locked_down', program: null },
  }),
  object('hook_returns_zero', 'file_open reports a denial and returns 0', {
    environments: lsm,
    classes: ['file'],
    caught: everywhere('ENFORCEMENT_LEAK'),
    follows: [],
    at: { hook: 'file_open', program: 'deny_open', eventClaim: 'BLOCK' },
  }),
  agent('early-enforce', 'announces ENFORCE before anything is loaded', {
    environments: lsm,
    classes: ['posture'],
    caught: everywhere('POSTURE_DISHONEST'),
    // Told to end while it still loads, it may not listen.
    follows: ['SILENT_DOWNGRADE', 'ENFORCEMENT_LEAK', 'AGENT_HUNG', 'AGENT_DIED'],
  }),
  agent('early-signal', 'announces ENFORCE_SIGNAL before a tracepoint is attached', {
    environments: ['no-lsm'],
    classes: ['posture'],
    caught: everywhere('POSTURE_DISHONEST'),
    follows: ['SILENT_DOWNGRADE', 'ENFORCEMENT_LEAK', 'AGENT_HUNG', 'AGENT_DIED'],
  }),
  agent('signal-claimed', 'claims ENFORCE_SIGNAL where it enforces by LSM hooks', {
    environments: lsm,
    classes: ['posture'],
    caught: everywhere('POSTURE_DISHONEST'),
    follows: ['SILENT_DOWNGRADE'],
  }),
  agent('network-defeats-fallback', 'a network rule makes the signal fallback impossible', {
    environments: ['lsm-override'],
    classes: ['signal'],
    caught: everywhere('POLICY_REFUSED'),
    follows: [],
    // Four kinds, for one reason.
    at: { rule: null },
  }),
  agent('audit-denies', 'in audit mode it denies', {
    environments: lsm,
    classes: ['file'],
    caught: everywhere('AUDIT_DENIED'),
    follows: ['POSTURE_DISHONEST', 'EVENT_WRONG', 'EVENT_MISSING'],
  }),
  object('over_blocking', 'an address rule compares 24 bits of 32', {
    environments: lsm,
    classes: ['network'],
    caught: everywhere('FALSE_BLOCK'),
    follows: ['EVENT_WRONG', 'EVENT_MISSING'],
    at: { rule: 'deny_ip' },
  }),
  agent('wrong-signal', 'sends INT where TERM was configured', {
    environments: lsm,
    classes: ['signal'],
    caught: everywhere('WRONG_SIGNAL'),
    follows: ['EVENT_WRONG'],
  }),
  agent('override-lies', `sends KILL where ${String(lsmOverride)} is set, and what was configured where it is not`, {
    environments: ['lsm-override', 'no-lsm'],
    classes: ['signal'],
    caught: everywhere('SEAM_INFIDELITY'),
    follows: ['WRONG_SIGNAL', 'EVENT_WRONG'],
  }),
  object('action_mislabelled', 'events of what was denied say AUDIT', {
    environments: lsm,
    classes: ['file'],
    caught: everywhere('EVENT_WRONG'),
    follows: [],
  }),
  object('missing_event', 'a denied bind is never reported', {
    environments: lsm,
    classes: ['network'],
    caught: everywhere('EVENT_MISSING'),
    follows: [],
    at: { hook: 'socket_bind', program: 'deny_bind' },
  }),
  object('dirty_event', 'events carry 11 uninitialised bytes after a string of 5', {
    environments: lsm,
    classes: ['records'],
    caught: everywhere('EVENT_DIRTY_TAIL'),
    follows: [],
  }),
  agent('never-starts', 'ends with 1 before it reads anything, without a word', {
    environments: lsm,
    classes: ['file', 'network'],
    caught: everywhere('AGENT_NOT_STARTED'),
    follows: [],
  }),
  agent('refuses-kind', 'does not know the policy section deny_ptrace', {
    environments: lsm,
    classes: ['file', 'ptrace'],
    caught: everywhere('POLICY_REFUSED'),
    follows: [],
    at: { rule: 'deny_ptrace' },
  }),
  agent('crash', 'ends by abort() after its third event', {
    environments: lsm,
    classes: ['file'],
    caught: everywhere('AGENT_DIED'),
    follows: [],
  }),
  agent('hang', 'stops listening after its third event', {
    environments: lsm,
    classes: ['file'],
    caught: everywhere('AGENT_HUNG'),
    follows: [],
  }),
  agent('quarantines', 'unlinks the file that it has denied somebody to unlink', {
    environments: lsm,
    classes: ['file'],
    caught: everywhere('DENIAL_CONTRADICTED'),
    follows: [],
  }),
  agent('reaches-init', 'opens the memory of PID 1', {
    environments: lsm,
    classes: ['exec'],
    caught: everywhere('PROBE_TAMPERED'),
    follows: [],
  }),
  agent('restart-window', 'a restart ends the old agent before the new one enforces', {
    environments: lsm,
    classes: ['restart'],
    caught: everywhere('ENFORCEMENT_LEAK'),
    follows: ['AGENT_DIED'],
  }),
  agent('silent-reload', 'a new policy clears the old one first', {
    environments: lsm,
    classes: ['restart'],
    caught: everywhere('ENFORCEMENT_LEAK'),
    follows: [],
  }),
  agent('panic', 'the guest panics while the agent runs', {
    environments: lsm,
    classes: ['file'],
    caught: everywhere('KERNEL_PANIC'),
    follows: [],
  }),
  {
    name: 'warn',
    contract,
    what: 'the kernel warns (WARN) while the agent enforces',
    target: { kind: 'warn' },
    environments: lsm,
    classes: ['file'],
    caught: everywhere('KERNEL_SPLAT'),
    follows: [],
  },
  load('negated_tail', 'a deny tail that the compiler lowers to a negation', withoutNegation),
  load('missing_submit', 'a ring-buffer record that is reserved and never submitted', everywhere('VERIFIER_REJECTED')),
  {
    name: 'healthy_observer',
    contract: 'audit',
    what: 'nothing is wrong with the agent that observes',
    target: { kind: 'healthy' },
    environments: ['lsm', 'no-lsm'],
    classes: 'all',
    caught: everywhere(),
    follows: [],
  },
  observer('mark_before_submit', 'a file is remembered before its record is reserved, which may fail', {
    classes: ['file'],
    caught: everywhere('EVENT_MISSING'),
    follows: [],
    at: { hook: 'file_open', program: 'audit_open' },
  }),
  observer('missing_memset', 'a record holds what lay in its slot before', {
    classes: ['records'],
    caught: everywhere('EVENT_DIRTY_TAIL'),
    // The agent's decoder says so too.
    follows: ['EVENT_WRONG'],
  }),
  observer('no_addrlen_check', 'an address is read whole, however short the caller made it', {
    classes: ['network'],
    caught: everywhere('EVENT_WRONG'),
    follows: [],
    at: { hook: 'socket_connect', program: 'audit_connect' },
  }),
  observer('returns_zero', 'its programs return 0 in place of what comes in', {
    classes: ['posture'],
    caught: everywhere('RETURN_REPLACED'),
    follows: [],
  }),
  observer('traces_everybody', 'processes are reported that nobody named', {
    classes: ['file'],
    caught: everywhere('EVENT_WRONG'),
    follows: [],
    at: { hook: 'file_open', program: 'audit_open' },
  }),
  observer('port_byte_order', 'the port is in the order of the network', {
    classes: ['network'],
    caught: everywhere('EVENT_WRONG'),
    follows: [],
    at: { hook: 'socket_connect', program: 'audit_connect' },
  }),
  observer('observer_denies', 'socket_connect denies what it reports', {
    classes: ['network'],
    caught: everywhere('OBSERVER_DENIED'),
    follows: [],
    at: { hook: 'socket_connect', program: 'audit_connect' },
  }),
];
