// SPDX-License-Identifier: Apache-2.0
import type { BlamedPlace } from './blame.js';
import type { Capability } from './capability.js';
import type { CauseId } from './cause.js';
import type { CheckClass, ScenarioReport } from './check.js';
import type { Finding } from './finding.js';
import type { CommandReport } from './command.js';
import type { ProgramCost } from './cost.js';
import type { LadderStepName, MapDeclaration, VerifierStats } from './evidence.js';
import type { ExitCode } from './exit-code.js';
import type { ExpectationList, ProgramExpectation } from './expectation.js';
import type { GuestFacts } from './facts.js';
import type { KernelId, KernelIdentity, KernelSource } from './kernel.js';
import type { AgentIdentity } from './agent.js';
import type { LoaderName, MapFixup } from './needs.js';
import type { ObjectIdentity } from './object.js';
import type { ProgramSupport } from './support.js';
import type { FailureCode, InfraCause, UnavailableReason, Verdict } from './verdict.js';

/** Version of `run.json`. Raised when a field changes its meaning or goes. */
export const reportSchema = 2;

export type Accelerator = 'kvm' | 'tcg';

/** A place in the object's source, from BTF line info. */
export interface SourceLine {
  readonly file: string;
  readonly line: number;
  /** The line itself, without its indentation. */
  readonly text: string;
}

/** One decision on the way to the place where the verifier refused. */
export interface PathStep {
  readonly insn: number;
  readonly source: SourceLine | null;
  /** The verifier's own words: the branch it took, or the instruction, with the registers as it knew them. */
  readonly state: string;
}

/** What is refused, where one experiment separates it from all else; `unknown` where none does. */
export const ladderStages = [
  'line-info',
  'func-info',
  'btf',
  'name',
  'flags',
  'attach-type',
  'hook',
  'log-level',
  'being-alone',
  'capabilities',
  'instructions',
  'unknown',
] as const;
export type LadderStage = (typeof ladderStages)[number];

/** What was tried where the kernel refused without a word. */
export interface LadderReport {
  readonly stage: LadderStage;
  readonly tried: readonly {
    readonly step: LadderStepName;
    /** What was taken instead: a log level, an attach type, a hook. */
    readonly detail: string;
    /** Null when it loads. */
    readonly errno: string | null;
    readonly logBytes: number;
  }[];
}

/** Everything a person needs to act on one failed program. */
export interface Explanation {
  /** Name of the errno (`EINVAL`), or its number. */
  readonly errno: string;
  /** The line of the log, or of the evidence, that decided. */
  readonly decidingLine: string;
  /** Where the verifier was when it refused. */
  readonly source: SourceLine | null;
  /** Where the trouble began, when the log says: the acquisition of a reference that is never released. */
  readonly origin: SourceLine | null;
  /** Verifier log, or without one what libbpf said, relative to the report folder; null when neither said anything. */
  readonly log: string | null;
  /** What is behind it; null where the evidence does not say. Never a guess. */
  readonly cause: CauseId | null;
  /** The cause in plain words; null without one. */
  readonly explanation: string | null;
  /** What to do about it; null without a cause. */
  readonly hint: string | null;
  /** The page about the cause, relative to the root of this project; null without a cause. */
  readonly page: string | null;
  /** The last decisions of the verifier before it refused, oldest first, at most six. */
  readonly path: readonly PathStep[];
  /** Lines of the source around `source`, as far as line info has them, in the order of the file. */
  readonly excerpt: readonly SourceLine[];
  /** Null where the kernel said why. */
  readonly ladder: LadderReport | null;
}

export type LoadVerdict =
  { readonly kind: 'loaded' } | { readonly kind: 'failed'; readonly code: FailureCode; readonly why: Explanation };

/** `not-tried`: neither the whole object nor a part of it that has the program did load. `place` and `reason` as in {@link AttachOutcome}. */
export type AttachVerdict =
  | { readonly kind: 'attached'; readonly place: string | null }
  | { readonly kind: 'unattachable'; readonly reason: string }
  | { readonly kind: 'not-tried' }
  | { readonly kind: 'failed'; readonly code: FailureCode; readonly why: Explanation };

export interface ProgramReport {
  readonly name: string;
  readonly section: string;
  readonly type: string;
  /** By its section, `SEC("?...")`, or by the configuration: a failure is reported, and does not fail the run. */
  readonly optional: boolean;
  /** What the configuration says of it on this kernel; null where it says nothing. */
  readonly expected: ProgramExpectation | null;
  readonly load: LoadVerdict;
  readonly attach: AttachVerdict;
  readonly stats: VerifierStats | null;
  /** What the verifier spends, line by line; absent where nobody asked, or where the program never came to it. */
  readonly cost?: ProgramCost;
  readonly verdict: Verdict;
}

export interface ObjectReport {
  readonly object: string;
  readonly verdict: Verdict;
  readonly programs: readonly ProgramReport[];
  readonly maps: readonly (MapDeclaration & { readonly error: string | null })[];
  /** The object as an agent loads it, all or nothing. */
  readonly whole: LoadVerdict | { readonly kind: 'not-tried' };
  /** Where the whole does not load: the rest of it, which is attached then. Absent where nothing or all is left. */
  readonly partial?: PartialReport;
  /** Absent for an object that libbpf loads as it is, and that cilium/ebpf would load in the same way. */
  readonly conditions?: LoadConditions;
}

/** What an object was loaded with that is not its own. */
export interface LoadConditions {
  readonly loader: LoaderName;
  /** By the configuration, a sentence each. */
  readonly given: readonly string[];
  /** Where the two loaders ask for other maps; the name says which was taken. */
  readonly differences: readonly MapFixup[];
}

/** An object as an agent with optional programs loads it. */
export interface PartialReport {
  readonly withoutPrograms: readonly string[];
  readonly withoutMaps: readonly string[];
  readonly load: LoadVerdict;
}

/** `restored`: the guest was booted before, frozen when it was idle, and goes on from there. */
export type Start = 'cold' | 'restored';

/** How the guest was booted; with the kernel's identity, all that is needed to boot it again. */
export interface BootReport {
  readonly qemu: string;
  readonly accel: Accelerator;
  readonly start: Start;
  /** What boots it; a restored guest was booted by the same. */
  readonly argv: readonly string[];
  readonly cmdline: string;
  readonly initramfsSha256: string;
  readonly modules: readonly string[];
  /** Milliseconds from QEMU's start to the guest's hello. */
  readonly bootMs: number;
}

/** Sessions whose answers are of an earlier run: nothing that they depend on has changed, and all of them passed. */
export interface Reused {
  readonly sessions: number;
  /** How many others are of an earlier run but for some classes of scenarios, and which these are; absent where none is. */
  readonly inPart?: { readonly sessions: number; readonly anew: readonly CheckClass[] } | undefined;
  /** Of how many that the kernel has. */
  readonly of: number;
  /** ISO 8601, UTC: when the oldest of them answered. */
  readonly since: string;
}

interface KernelCommon {
  readonly id: KernelId;
  readonly source: KernelSource;
  /** One line: what the verdict rests on. */
  readonly detail: string;
  /** Warnings about the kernel as a whole: DRIFTED, bpf missing from the LSM list. */
  readonly notes: readonly string[];
}

/** A kernel that booted and answered everything it was asked. */
export interface RanKernel extends KernelCommon {
  readonly status: 'ran';
  readonly verdict: Verdict;
  readonly identity: KernelIdentity;
  readonly boot: BootReport;
  readonly facts: GuestFacts;
  readonly objects: readonly ObjectReport[];
  /** Absent where every session was asked anew. */
  readonly reused?: Reused | undefined;
  /** One a machine that ran scenarios; empty when the run was about loading only. */
  readonly scenarios: readonly ScenarioReport[];
  /** One for each root cause that the evidence shows. */
  readonly findings: readonly Finding[];
  /** Null unless the run was about a command, or when the machine broke before it ended. */
  readonly command: CommandReport | null;
  /** Relative path of the console log. */
  readonly console: string;
  readonly ms: number;
}

/** A kernel whose machine broke. What it had answered before is kept. */
export interface BrokenKernel extends KernelCommon {
  readonly status: 'broken';
  readonly verdict: Extract<Verdict, { kind: 'infra' | 'fail' }>;
  readonly cause: InfraCause;
  readonly next: string;
  readonly identity: KernelIdentity;
  readonly boot: BootReport | null;
  readonly facts: GuestFacts | null;
  readonly objects: readonly ObjectReport[];
  readonly reused?: Reused | undefined;
  readonly scenarios: readonly ScenarioReport[];
  /** One for each root cause that the evidence shows. */
  readonly findings: readonly Finding[];
  /** Null unless the run was about a command, or when the machine broke before it ended. */
  readonly command: CommandReport | null;
  /** Relative path of the console log; null when QEMU never started. */
  readonly console: string | null;
  /** Last lines of the console, control bytes and all; `['<empty console>']` when there were none. */
  readonly consoleTail: readonly string[];
  readonly ms: number;
}

export interface MissingKernel extends KernelCommon {
  readonly status: 'unavailable';
  readonly verdict: Extract<Verdict, { kind: 'unavailable' }>;
  readonly reason: UnavailableReason;
  readonly tried: readonly string[];
  readonly next: string;
}

export type KernelReport = RanKernel | BrokenKernel | MissingKernel;

/** A finding about the run as a whole, not about one kernel. */
export interface RunFinding {
  readonly verdict: Extract<Verdict, { kind: 'fail' | 'infra' }>;
  readonly message: string;
  /** Of a VERIFIER_REGRESSION: the line that each program grew on most; absent where nobody could tell. */
  readonly blamed?: readonly BlamedPlace[];
}

export interface RunReport {
  readonly schema: typeof reportSchema;
  readonly tool: { readonly name: string; readonly version: string };
  /** ISO 8601, UTC. */
  readonly started: string;
  readonly ms: number;
  readonly options: {
    readonly available: boolean;
    readonly frozen: boolean;
    readonly jobs: number;
    readonly accel: 'auto' | Accelerator;
    /** Capabilities that the loader of the objects lacked, in the order of their numbers. */
    readonly withoutCapabilities: readonly Capability[];
    /** Flags that say what is tested and on which machines, one each, as a shell takes them: `--config a.json`. */
    readonly given: readonly string[];
    /** Patterns of --program; null for every program. */
    readonly programs: readonly string[] | null;
  };
  readonly host: {
    readonly node: string;
    readonly qemu: string | null;
    readonly accel: Accelerator | null;
    /** Why KVM is of no use here; absent where it was not tried, or works. */
    readonly kvm?: string | undefined;
  };
  readonly notices: readonly string[];
  readonly objects: readonly ObjectIdentity[];
  /** The agent whose claims were proved; null when the run was about loading only. */
  readonly agent: AgentIdentity | null;
  /** Further agents of the run, each of a contract of its own. */
  readonly others: readonly AgentIdentity[];
  readonly expectations: ExpectationList;
  /** In the order they were asked for. */
  readonly kernels: readonly KernelReport[];
  /** One a program that some kernel answered for; empty in runs of before it was counted. */
  readonly support: readonly ProgramSupport[];
  readonly findings: readonly RunFinding[];
  readonly exitCode: ExitCode;
}
