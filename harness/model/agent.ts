// SPDX-License-Identifier: Apache-2.0
import type { Dialect } from './dialect.js';
import type { Target } from '../target.js';
import type { ProbedOperation } from './operations.js';

/** A program that an agent is. */
interface AgentBuild {
  /** Path of the binary from where the user stands. */
  readonly file: string;
  /** SHA-256 of the binary, lower-case hex. */
  readonly sha256: string;
  /** Shared libraries that were found and uploaded with it, absolute paths in the guest. */
  readonly libraries: readonly string[];
  /** SHA-256 of the object that it loads, lower-case hex; absent in runs of older versions. */
  readonly object?: string;
  /** The one that it is built for, by its name (target.ts); absent in runs of older versions. */
  readonly architecture?: string;
}

/** The agent of a run. */
export interface AgentIdentity extends AgentBuild {
  readonly name: string;
  /** Name of the contract that it keeps; absent in runs of older versions. */
  readonly contract?: string;
  /** The same agent for kernels of other architectures; absent where the run has one file of it. */
  readonly builds?: readonly (AgentBuild & { readonly architecture: string })[];
}

/**
 * What a rule of a policy can be about. Scenarios provoke rules of these kinds; which of them there are, and how each is
 * written, is the contract's.
 */
type ContractRuleKind =
  | 'deny_path'
  | 'deny_inode'
  | 'allow_cgroup'
  | 'deny_ip'
  | 'deny_cidr'
  | 'deny_ip_port'
  | 'deny_port'
  | 'deny_exec'
  | 'deny_ptrace'
  | 'deny_module_load'
  | 'deny_bpf';

declare const own: unique symbol;
/** A kind of rule that an agent's dialect declares, and its contract does not have (model/own-rule.ts). */
export type OwnRuleKind = `deny_${string}` & { readonly [own]: true };

export type RuleKind = ContractRuleKind | OwnRuleKind;

/** What an agent reads about the machine and a variable of its environment can replace: the LSM list, the kernel's BTF. */
export type Override = 'lsm' | 'btf';

/**
 * How to start and stop an agent, with everything found on the host: the `agent` of `matrix.config.json`, or our own
 * agent where there is none. Strings of `run`, `prepare`, `takeover` and the values of `env` may hold placeholders:
 * `{binary}`, `{object}`, `{policy}`, `{report}`, `{folder}` are paths in the guest, the others are the options of its
 * contract, such as `{mode}`. An argument that comes out empty is left out.
 */
export interface Agent {
  readonly identity: AgentIdentity;
  /** Name of the contract that it keeps, one of contracts/registry.ts. */
  readonly contract: string;
  /** The architecture of its program: it runs on kernels of the same. */
  readonly target: Target;
  /** The object it loads, as it is in the guest: `{object}`. */
  readonly object: { readonly file: string; readonly sha256: string };
  /** Everything to be uploaded, the binary, the object and shared libraries included. */
  readonly uploads: readonly Upload[];
  /** Paths in the guest. */
  readonly paths: { readonly binary: string; readonly object: string; readonly folder: string };
  /** Run in order to their end before each start; each must exit 0. */
  readonly prepare: readonly (readonly [string, ...string[]])[];
  readonly run: readonly [string, ...string[]];
  /** Put before a command line, which the agent then looks at, with all its descendants; null for one that looks at all. */
  readonly enroll: readonly [string, ...string[]] | null;
  readonly env: Readonly<Record<string, string>>;
  /** How values of its contract's options are spelled, by option; a value that is not here is spelled as it is. */
  readonly spelling: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** The line on stdout or stderr by which it is known to be ready. */
  readonly ready: { readonly stream: 'stdout' | 'stderr'; readonly pattern: RegExp };
  /** Milliseconds until it must have announced a state, and until it must have ended after SIGTERM. */
  readonly deadlines: { readonly ready: number; readonly stop: number };
  /** How it says things that its contract has other words for; null for one that uses the contract's. */
  readonly dialect: Dialect | null;
  /** Operations that it claims to deny where a rule matches. */
  readonly operations: ReadonlySet<ProbedOperation>;
  /** Path of its capability report in the guest; null where it writes none. */
  readonly report: string | null;
  /** Kinds of rule it supports. */
  readonly rules: ReadonlySet<RuleKind>;
  /** Signals it can send to whoever breaks a rule, by their names in the contract. */
  readonly signals: ReadonlySet<string>;
  /** Optional abilities of its contract that it has. */
  readonly features: ReadonlySet<string>;
  /** Variables of its contract that it reads. */
  readonly overrides: ReadonlySet<Override>;
  /** LSM hooks that are live when it claims to work by them, where the kernel has them. */
  readonly hooks: readonly string[];
  /** Arguments added to `run` for an agent that takes over from a running one without a gap; null when it cannot. */
  readonly takeover: readonly string[] | null;
  /** The signal that makes it read its policy again, or null. */
  readonly reload: number | null;
}

export interface Upload {
  /** Absolute path in the guest. */
  readonly path: string;
  readonly bytes: Buffer;
  /** Permission bits. */
  readonly mode: number;
}
