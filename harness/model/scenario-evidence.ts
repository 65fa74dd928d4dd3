// SPDX-License-Identifier: Apache-2.0
import type { CheckClass, CheckCode, Environment } from './check.js';

/**
 * What a machine saw while scenarios ran. Nothing here is interpreted: `verdict/` turns it into checks, so that the
 * rules by which an agent is believed or not stand in one place and need no machine to be tested. All of it is plain
 * data that survives JSON: evidence is stored and judged again.
 */

/** What one operation in a fresh process came to. */
export type AttemptOutcome =
  | { readonly kind: 'returned'; readonly errno: number }
  | { readonly kind: 'signalled'; readonly signal: number }
  | { readonly kind: 'timed-out' }
  /** Something that had to be there first could not be made: nothing is known about the operation itself. */
  | { readonly kind: 'not-arranged'; readonly detail: string }
  /** The kernel has no such facility. */
  | { readonly kind: 'absent'; readonly detail: string };

export interface Attempted {
  /** `open /t/file/secret r`. */
  readonly operation: string;
  /** Of the acting process, as the initial PID namespace counts. */
  readonly pid: number;
  readonly outcome: AttemptOutcome;
}

export type Expected =
  { readonly kind: 'returned'; readonly errno: number } | { readonly kind: 'signalled'; readonly signal: number };

/** One line of the agent's events, or its capability report; any JSON object. */
export type RawEvent = Readonly<Record<string, unknown>>;

/** Fields of an event with their values. */
export type EventFields = Readonly<Record<string, string | number>>;

/** What an event about an attempt must say. */
export interface EventPattern {
  /** Fields that every event about it has, those that name the event first: a stray value is a wrong event. */
  readonly always: EventFields;
  /** One of these alternatives must hold as a whole. */
  readonly anyOf: readonly EventFields[];
}

/** An attempt that was done while the agent ran, and the agent's events of its process. */
export interface ObservedAttempt {
  readonly attempt: Attempted;
  /** What an event about it must say; null where none is expected. */
  readonly pattern: EventPattern | null;
  readonly events: readonly RawEvent[];
}

/** An attempt that an agent must report, or must not, while nothing of it changes. */
export interface ReportedAttempt {
  /** Is its process one that the agent was told to look at. */
  readonly traced: boolean;
  readonly attempt: Attempted;
  /** One for each event that there must be, and there must be no other. */
  readonly patterns: readonly EventPattern[];
  readonly events: readonly RawEvent[];
}

/** Why a check could not be looked at. */
export interface NotObserved {
  readonly missing: string;
  /** The phase whose failure is reported, and left this open. Evidence of older versions does not have it. */
  readonly phase?: string;
}

/** An agent's claim about itself. */
export interface Claim {
  /** The capability report, or why there is none; null where the agent writes no report. */
  readonly report:
    | {
        readonly kind: 'read';
        readonly value: RawEvent;
        /** What of it has no word in the contract, a sentence each; absent for an agent without a dialect. */
        readonly untranslated?: readonly string[];
        /** Fields that it is known not to have; absent likewise. */
        readonly lacks?: readonly string[];
      }
    | { readonly kind: 'bad'; readonly why: string }
    | null;
  /** The state that was announced last; null when none was. */
  readonly announced: string | null;
  /** States it announced before that one. */
  readonly earlier: readonly string[];
}

/** How an agent came up. */
export type ComingUp =
  | { readonly kind: 'announced' }
  /** `output`: the last lines it wrote to stderr. */
  | { readonly kind: 'ended'; readonly end: string; readonly status: number | null; readonly output: readonly string[] }
  /** Still running, and silent, at its deadline. */
  | { readonly kind: 'silent'; readonly ms: number };

/** What the oracle saw in the kernel: nothing of it comes from the agent. */
export interface OracleSnapshot {
  readonly lsm: readonly string[] | null;
  /** Hooks that vmlinux BTF offers, without `bpf_lsm_`; null without BTF. */
  readonly offered: readonly string[] | null;
  /** LSM hooks with a live link to a live program. */
  readonly live: readonly string[];
  /** Live LSM links of which this kernel does not report the hook; before 5.13 all of them. */
  readonly unplaced: number;
  /** Tracepoints with a live program, `sys_enter_connect`. */
  readonly tracepoints: readonly string[];
  /** The value of the agent's configuration map in hex digits, where exactly one such map lives. */
  readonly config: string | null;
}

interface Common {
  readonly class: CheckClass;
  readonly environment: Environment;
  readonly scenario: string;
}

/** What a phase with an agent saw of an attempt, and of its neighbour where that is looked at. */
export interface ObservedPair {
  readonly denied: ObservedAttempt | NotObserved;
  readonly neighbour: ObservedAttempt | NotObserved | null;
}

/** One attempt that a rule matches, with everything around it that makes it a proof. */
export interface DenialEvidence extends Common {
  readonly kind: 'denial';
  /** What the attempt comes to where nobody objects. */
  readonly free: Expected;
  readonly control: { readonly attempt: Attempted; readonly neighbour: Attempted | null };
  /** With an agent that enforces, and what the attempt must come to then; null where none does. */
  readonly enforced: (ObservedPair & { readonly expected: Expected }) | null;
  /** With an agent that only observes; null where that is looked at elsewhere, or by nobody. */
  readonly audited: ObservedPair | null;
  /** Kernels may be without the facility. */
  readonly optional: boolean;
}

/** An attempt that the agent cannot see: it succeeds, and the report says that it is not covered. */
export interface UncoveredEvidence extends Common {
  readonly kind: 'uncovered';
  readonly free: Expected;
  readonly why: string;
  readonly control: Attempted;
  readonly observed: ObservedAttempt | NotObserved;
  readonly optional: boolean;
}

/** An attempt that nobody may stop, with rules that speak of it. */
export interface AllowedEvidence extends Common {
  readonly kind: 'allowed';
  readonly free: Expected;
  readonly control: Attempted;
  readonly observed: ObservedAttempt | NotObserved;
  readonly optional: boolean;
}

/** An attempt with an agent that only observes: it comes to what it came to without, and has exactly its events. */
export interface ObservationEvidence extends Common {
  readonly kind: 'observation';
  readonly free: Expected;
  /** The hook at which the agent sees it, and the program that the kernel has there; null where it does not say which. */
  readonly hook: string;
  readonly program: string | null;
  readonly control: Attempted;
  /** One by a traced process, one by another, or one of the two. */
  readonly observed: readonly ReportedAttempt[] | NotObserved;
  readonly optional: boolean;
}

export interface NotOfferedEvidence extends Common {
  readonly kind: 'not-offered';
  readonly by: 'agent' | 'kernel';
  readonly detail: string;
}

/** Why something was not begun any more. */
export const endedEarly = 'the run ended at its first failure (-x)';

/** What was not begun: the run was ended early, or the agent refuses a rule without which it says nothing. */
export interface NotRunEvidence extends Common {
  readonly kind: 'not-run';
  readonly detail: string;
  /** The phase whose failure is the reason; absent where it is none. */
  readonly phase?: string;
}

/** One start of the agent: what it claims, and what the kernel has. */
export interface PostureEvidence extends Common {
  readonly kind: 'posture';
  /** The state of its contract in which it must be. */
  readonly expected: string;
  readonly comingUp: ComingUp;
  readonly claim: Claim;
  readonly snapshot: OracleSnapshot;
  /** LSM hooks that must be live in a state that works by them, and tracepoints in one that works by those. */
  readonly hooks: readonly string[];
  readonly tracepoints: readonly string[];
  /** A denied attempt while the state holds, or after it gave up; null when nobody tried. */
  readonly attempt: Attempted | null;
  /** What that attempt must come to in the expected state. */
  readonly attemptExpected: Expected;
}

/** Opens of a denied file in a tight loop while something went on. */
export interface WatchEvidence extends Common {
  readonly kind: 'watch';
  /** POSTURE_DISHONEST for an announcement that came too early, ENFORCEMENT_LEAK for a gap in enforcement. */
  readonly blames: 'POSTURE_DISHONEST' | 'ENFORCEMENT_LEAK';
  /** What must not have let a single open through. */
  readonly check: string;
  readonly announced: boolean;
  /** Opens that succeeded, and that were refused with EPERM, once enforcement was promised. */
  readonly opened: number;
  readonly denied: number;
}

/** A fact that must hold, already reduced to yes or no. */
export interface ClaimEvidence extends Common {
  readonly kind: 'claim';
  readonly check: string;
  readonly blames: CheckCode;
  readonly holds: boolean;
  readonly expected: string;
  readonly actual: string;
  /** The hook that it is about, where it is about one. */
  readonly hook?: string;
  /** What was tried, where that is one operation of the probe. */
  readonly attempt?: string;
  /** Hooks that the agent's own report calls not attached, of an agent that did not come up. */
  readonly unattached?: readonly string[];
  /** More for a person, one line each. */
  readonly details?: readonly string[];
}

/** Raw ring-buffer records and what in them was left over from before. */
export interface RecordsEvidence extends Common {
  readonly kind: 'records';
  readonly records: number;
  /** Records that must at least be there, or nothing was proved. */
  readonly atLeast: number;
  /** One line a record that is not clean. */
  readonly dirty: readonly string[];
}

/** How the agent lived through a phase. */
export interface LifeEvidence extends Common {
  readonly kind: 'life';
  /** `running` at the end of the phase; `ended` by itself; `hung`: did not end when it was asked to. */
  readonly life:
    | { readonly kind: 'running' }
    | {
        readonly kind: 'ended';
        readonly end: string;
        readonly output: readonly string[];
        /** Where it stood; absent where no attempts were done, and in evidence of older versions. */
        readonly last?: LastReported;
      }
    | { readonly kind: 'hung'; readonly ms: number };
}

/** The last attempt that an agent's events speak of, and the first after it of which they should. */
export interface LastReported {
  readonly reported: AttemptName | null;
  readonly next: AttemptName | null;
}

/** Which attempt, for a person. */
export interface AttemptName {
  readonly class: CheckClass;
  readonly scenario: string;
  /** `open /t/file/secret r`. */
  readonly operation: string;
}

/** Lines that are no event of the contract. */
export interface EventLinesEvidence extends Common {
  readonly kind: 'event-lines';
  readonly lines: number;
  readonly bad: readonly string[];
}

/** The kernel's own log during a phase: level 0 (emergency) to 7, and the text. */
export interface KernelLogEvidence extends Common {
  readonly kind: 'kernel-log';
  readonly records: readonly { readonly level: number; readonly text: string }[];
}

export type ScenarioEvidence =
  | DenialEvidence
  | UncoveredEvidence
  | AllowedEvidence
  | ObservationEvidence
  | NotOfferedEvidence
  | NotRunEvidence
  | PostureEvidence
  | WatchEvidence
  | ClaimEvidence
  | RecordsEvidence
  | LifeEvidence
  | EventLinesEvidence
  | KernelLogEvidence;
