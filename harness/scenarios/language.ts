import type { CheckClass, Environment } from '../model/check.js';
import type { EventPattern } from '../model/scenario-evidence.js';
import type { RuleKind } from '../model/agent.js';

/**
 * How scenarios are written. A class is a function of the folder its files live in; it says what has to be there, which
 * rules the policy has, and what is denied by them. Everything else, controls, audit, neighbours, events, follows from
 * that, alike for every class.
 */

/** An operation of the guest's `attempt` program with its arguments (bpf/probe). */
export type Words = readonly [string, ...string[]];

const eperm = 1;

/** Operations done by nobody's rules: arranging before an agent runs. */
export type Step = Words;

/** The kernel's device and inode number of a file, as they stand in a rule and in an event. */
export interface Inode {
  readonly dev: number;
  readonly ino: number;
}
export type InodeOf = (path: string) => Inode;

export type PolicyRules = Partial<Record<RuleKind, readonly string[]>>;

export interface Attempt {
  readonly words: Words;
  /** A cgroup the attempt begins in; null stays in the root cgroup, where nothing is exempt. */
  readonly cgroup: string | null;
}

export interface Denial {
  readonly kind: 'denied';
  readonly name: string;
  /** Sections of the policy without which there is nothing to prove. */
  readonly rules: readonly RuleKind[];
  readonly attempt: Attempt;
  /** The same beside the rule; null only where there is no such thing. */
  readonly neighbour: Attempt | null;
  readonly event: (inode: InodeOf) => EventPattern;
  /** Errno where nobody objects; 0 unless the operation cannot succeed. */
  readonly free: number;
  /** Errno of the denial; EPERM unless the kernel turns it into another one on its way. */
  readonly refusal: number;
  /** May the kernel be without it. */
  readonly optional: boolean;
  /** Without the BPF LSM: met by a signal, out of a tracepoint's sight with the reason why, or not asked. */
  readonly fallback: 'signal' | { readonly uncovered: string } | null;
}

/** An attempt that nothing covers, not even with the BPF LSM: said aloud, so that an improvement shows. */
export interface Uncovered {
  readonly kind: 'uncovered';
  readonly name: string;
  readonly rules: readonly RuleKind[];
  readonly attempt: Attempt;
  readonly why: string;
  readonly free: number;
  readonly optional: boolean;
}

/** An attempt that a rule speaks of and nobody may stop all the same: an exempt cgroup, a file no rule may take away. */
export interface Allowed {
  readonly kind: 'allowed';
  readonly name: string;
  readonly rules: readonly RuleKind[];
  readonly attempt: Attempt;
  readonly free: number;
  readonly optional: boolean;
}

export type Scenario = Denial | Uncovered | Allowed;

/** A class with its files in one folder. */
export interface ClassContent {
  readonly arrange: readonly Step[];
  /** Files whose inode numbers rules and events speak of. */
  readonly inodes: readonly string[];
  readonly rules: (inode: InodeOf) => PolicyRules;
  readonly scenarios: readonly Scenario[];
}

export interface ScenarioClass {
  readonly class: CheckClass;
  /** `folder` is the class's own, and new for each phase. */
  readonly in: (folder: string) => ClassContent;
}

export function scenarioClass(name: CheckClass, content: ScenarioClass['in']): ScenarioClass {
  return { class: name, in: content };
}

/** What a scenario leaves to the defaults. */
type DenialParts = Pick<Denial, 'rules'> & {
  readonly attempt: Words | Attempt;
  readonly neighbour: Words | Attempt | null;
  readonly event: Denial['event'] | EventPattern;
  readonly free?: number;
  readonly refusal?: number;
  readonly optional?: boolean;
  readonly fallback?: Denial['fallback'];
};

export function denied(name: string, parts: DenialParts): Denial {
  const { rules, attempt, neighbour, event, free = 0, refusal = eperm, optional = false, fallback = null } = parts;
  return {
    kind: 'denied',
    name,
    rules,
    attempt: attemptOf(attempt),
    neighbour: neighbour === null ? null : attemptOf(neighbour),
    event: typeof event === 'function' ? event : () => event,
    free,
    refusal,
    optional,
    fallback,
  };
}

type UncoveredParts = Pick<Uncovered, 'rules' | 'why'> & {
  readonly attempt: Words | Attempt;
  readonly free?: number;
  readonly optional?: boolean;
};

export function uncovered(name: string, parts: UncoveredParts): Uncovered {
  const { rules, why, attempt, free = 0, optional = false } = parts;
  return { kind: 'uncovered', name, rules, why, attempt: attemptOf(attempt), free, optional };
}

type AllowedParts = Pick<Allowed, 'rules'> & {
  readonly attempt: Words | Attempt;
  readonly free?: number;
  readonly optional?: boolean;
};

export function allowed(name: string, { rules, attempt, free = 0, optional = false }: AllowedParts): Allowed {
  return { kind: 'allowed', name, rules, attempt: attemptOf(attempt), free, optional };
}

/** A cgroup that the policy exempts. */
export const exemptCgroup = 'exempt';
/** The same for a process that the guest starts by itself. */
export const exemptFolder = `/sys/fs/cgroup/${exemptCgroup}`;

export function fromExempt(...words: Words): Attempt {
  return { words, cgroup: exemptCgroup };
}

function attemptOf(attempt: Words | Attempt): Attempt {
  return 'words' in attempt ? attempt : { words: attempt, cgroup: null };
}

/** The event of a file or exec rule: by inode on the LSM side, by path or inode on a tracepoint. */
export function fileEvent(path: string): Denial['event'] {
  return (inode) => {
    const { dev, ino } = inode(path);
    return { type: 'block', anyOf: [{ dev, ino }, { path }] };
  };
}

/** The event of a flag rule, which has no object to name. */
export const flagEvent: EventPattern = { type: 'block', anyOf: [{}] };

export interface NetFields {
  readonly remote_ip?: string;
  readonly remote_port?: number;
  readonly local_port?: number;
  readonly family?: 'ipv4' | 'ipv6';
  readonly protocol?: 'tcp' | 'udp' | 'other';
  readonly rule_type: 'ip' | 'cidr' | 'ip_port' | 'port';
}

const directions = {
  connect: 'egress',
  bind: 'bind',
  listen: 'listen',
  accept: 'accept',
  sendmsg: 'send',
  recvmsg: 'recv',
} as const;

/** The event of a network rule at one of the socket hooks. */
export function netEvent(at: keyof typeof directions, fields: NetFields): EventPattern {
  return { type: `net_${at}_block`, anyOf: [{ direction: directions[at], ...fields }] };
}

/** One line of `scenarios list`. */
export interface CatalogueEntry {
  readonly class: CheckClass;
  readonly scenario: string;
  readonly environments: readonly Environment[];
  /** What is attempted, or null where a scenario is more than one attempt. */
  readonly attempt: string | null;
}
