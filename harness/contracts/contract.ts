// SPDX-License-Identifier: Apache-2.0
import type { Agent, RuleKind } from '../model/agent.js';
import type { AgentConventions } from '../model/agent-conventions.js';
import type { CheckClass, Environment } from '../model/check.js';
import type { EventPattern, RawEvent } from '../model/scenario-evidence.js';
import type { Proof } from './proof.js';

/*
 * A contract is what the agents of one kind have in common, as seen from outside: how they are started and given a policy,
 * what their events and reports look like, in which states they can be, and what is to be proved of them. The harness
 * knows this interface and nothing else of any agent. All of it is data and pure functions; a part that a kind of agent
 * does not have is null.
 */
export interface Contract {
  /** As `contract` in matrix.config.json names it. */
  readonly name: string;
  readonly conventions: AgentConventions;
  /** The machines its proofs need, each with the classes of checks that are run there. */
  readonly environments: readonly ContractEnvironment[];
  /** What is proved in an environment of an agent that offers this much, in order. */
  readonly proofs: (environment: Environment, offer: AgentOffer) => readonly Proof[];
  /** In place of them, where `bpf` is in the LSM list and no LSM hook can be attached; null where the same is proved there. */
  readonly unattachable: ((offer: AgentOffer) => readonly Proof[]) | null;
  /** On a kernel that attaches no program to an LSM hook; absent on others. */
  readonly hookless?: true;
  /** By name. Empty for agents that are only asked to come up. */
  readonly states: Readonly<Record<string, StateMeaning>>;
  /** Tracepoints that are live in a state that works by them. */
  readonly tracepoints: readonly string[];
  readonly events: EventReader;
  readonly policy: PolicyWriter | null;
  readonly report: ReportReader | null;
  readonly configMap: ConfigMap | null;
  readonly records: RecordReader | null;
}

export interface ContractEnvironment {
  readonly environment: Environment;
  readonly classes: readonly CheckClass[];
}

/** As much of an agent as decides what can be proved of it. */
export type AgentOffer = Pick<Agent, 'rules' | 'signals' | 'features' | 'overrides' | 'dialect'>;

export interface StateMeaning {
  /** By what an agent in this state works, and what must therefore be live. */
  readonly worksBy: 'hooks' | 'tracepoints' | null;
  /** Does it stop what a rule matches. */
  readonly enforces: boolean;
  /** The exit status of an agent that gives up in this state; null for one that stays. */
  readonly exit: number | null;
  /** What it says on stderr when it gives up so, as a regular expression; null where it need not. */
  readonly warning: string | null;
}

export type PolicyRules = Partial<Record<RuleKind, readonly string[]>>;

export interface PolicyWriter {
  /** A policy file: the rules of several classes, each item once; no section that the agent does not offer. */
  readonly write: (version: number, parts: readonly PolicyRules[], offered: ReadonlySet<RuleKind>) => string;
  /** A policy that must be refused as a whole. */
  readonly malformed: string;
}

/** The kernel's device and inode number of a file, as they stand in a rule and in an event. */
export interface Inode {
  readonly dev: number;
  readonly ino: number;
}
export type InodeOf = (path: string) => Inode;

/** Where a rule on addresses and ports is looked at. */
export type SocketOperation = 'connect' | 'bind' | 'listen' | 'accept' | 'sendmsg' | 'recvmsg';

export interface NetworkFields {
  readonly remote_ip?: string;
  readonly remote_port?: number;
  readonly local_port?: number;
  readonly family?: 'ipv4' | 'ipv6';
  readonly protocol?: 'tcp' | 'udp' | 'other';
  readonly rule_type?: 'ip' | 'cidr' | 'ip_port' | 'port';
}

export type OpenMode = 'r' | 'w' | 'rw';

/** What an event is about; the contract knows how its agents write that down. */
export type EventSubject =
  /** A file or a program, by its path or its inode. */
  | { readonly kind: 'file'; readonly path: string }
  /** An open of a file, by its name in its folder, and for what it was opened. */
  | { readonly kind: 'open'; readonly name: string; readonly mode: OpenMode }
  /** Where somebody connects to. */
  | { readonly kind: 'destination'; readonly ip: string; readonly port: number; readonly family: 'ipv4' | 'ipv6' }
  /** A rule that names no object, or an object that cannot be named from outside. */
  | { readonly kind: 'rule' }
  /** Fields that are left out may be anything. */
  | { readonly kind: 'network'; readonly operation: SocketOperation; readonly fields: NetworkFields };

export interface ExpectedEvent {
  readonly about: EventSubject;
  /** What was done about it, in the contract's own word. */
  readonly action: string;
  /** The name of the acting process; null where it is not asked for. */
  readonly comm: string | null;
}

export interface EventLines {
  /** Every line that is a JSON object, whether or not it keeps the contract. */
  readonly events: readonly RawEvent[];
  /** One line for each that does not keep it: what is wrong, and the line. */
  readonly bad: readonly string[];
}

export interface EventReader {
  readonly read: (lines: readonly string[]) => EventLines;
  /** The state that an event announces; null for an event about something else. */
  readonly stateOf: (event: RawEvent) => string | null;
  /** Is it about an attempt, and not about the agent itself or what everybody does. */
  readonly isAboutAttempt: (event: RawEvent) => boolean;
  /** What an event must say; null where this contract has no such event. */
  readonly pattern: (expected: ExpectedEvent, inode: InodeOf) => EventPattern | null;
  /** For a person, in few words. */
  readonly describe: (event: RawEvent) => string;
  /** What was done about the attempt, as the event has it; null where it does not claim to have stopped it. */
  readonly claimedStop: (event: RawEvent) => string | null;
  /** The kind of rule that matched, as the event has it; null where it does not say, or in other words. */
  readonly ruleOf: (event: RawEvent) => RuleKind | null;
  /** What was done about the attempt, in the contract's own word. */
  readonly actionOf: (event: RawEvent) => unknown;
  /** The name of the file that an event is about; null where it is about none, or names it otherwise. */
  readonly nameOf: (event: RawEvent) => string | null;
  /** How many events the agent says it could not report, from its start on; null for an event about something else. */
  readonly lostOf: (event: RawEvent) => number | null;
  /** Fields that follow from others, for an agent that leaves them out. */
  readonly implied: (event: RawEvent) => RawEvent;
  /** Texts in an agent's events, each of which announces this state; none where no plain text does. */
  readonly announcements: (state: string) => readonly string[];
}

/** One hook of a capability report. */
export interface ReportedHook {
  /** As the report names it. */
  readonly key: string;
  /** As the kernel names it, without `bpf_lsm_`. */
  readonly hook: string;
  readonly value: unknown;
  readonly attached: boolean;
}

export interface ReportReader {
  /** Names of two fields that an agent may lack: its state, and its hooks. */
  readonly stateField: string;
  readonly hooksField: string;
  /** The state it claims; what is no string is no state. */
  readonly stateOf: (report: RawEvent) => unknown;
  /** Hook by hook; where there is no such list, what stands in its place. */
  readonly hooksOf: (report: RawEvent) => readonly ReportedHook[] | { readonly instead: string };
  /** How a hook is named that is live and not in the report. */
  readonly keyOf: (hook: string) => string;
  /**
   * What in a report contradicts itself, or what the machine is, one line each. `bpfLsm`: has the LSM list `bpf`, as far
   * as the agent is allowed to know.
   */
  readonly contradictions: (
    report: RawEvent,
    state: string,
    machine: { readonly bpfLsm: boolean },
    /** Fields that the agent does not report, and says so. */
    lacks: ReadonlySet<string>,
  ) => readonly string[];
}

/** The array map by which an agent configures its programs. */
export interface ConfigMap {
  readonly name: string;
  /** What is wrong with it in a state; null when nothing is. */
  readonly fault: (value: Uint8Array, state: string) => { readonly expected: string; readonly actual: string } | null;
  /** Which policy is in force, a number that grows; null when the value is too short. */
  readonly generation: (value: Uint8Array) => bigint | null;
}

/** A byte of a record that the program did not write. */
export interface DirtyByte {
  /** `comm`, `path`, `pad`. */
  readonly field: string;
  /** Bytes from the start of the record. */
  readonly offset: number;
  readonly value: number;
}

/** Records as they lie in the agent's ring buffer. */
export interface RecordReader {
  /** Every byte that should be zero and is not; null for a record of another layout. */
  readonly dirtyBytes: (record: Uint8Array) => readonly DirtyByte[] | null;
  /** The hook whose program has written it; null where a record does not say. */
  readonly hookOf: (record: Uint8Array) => string | null;
}
