// SPDX-License-Identifier: Apache-2.0
import type { Start } from './report.js';
import type { InfraCause } from './verdict.js';

/** What a check is about; a filter of `--only`, and a column of the summary. One file each in `scenarios/`. */
export const checkClasses = [
  'file',
  'exec',
  'ptrace',
  'module',
  'bpf',
  'network',
  'bypass',
  'posture',
  'records',
  'restart',
  'signal',
] as const;
export type CheckClass = (typeof checkClasses)[number];

/**
 * The machine a check ran on. `lsm`: bpf is in the LSM list. `lsm-override`: the same, but a variable of the agent's
 * environment says otherwise. `no-lsm`: really booted without bpf in `lsm=`.
 */
export const environments = ['lsm', 'lsm-override', 'no-lsm'] as const;
export type Environment = (typeof environments)[number];

/** Why a proof failed. Closed: a new code needs a doc line and a fault in the selftest. */
export const checkCodes = [
  'SILENT_DOWNGRADE',
  'POSTURE_DISHONEST',
  'ENFORCEMENT_LEAK',
  'FALSE_BLOCK',
  'AUDIT_DENIED',
  'OBSERVER_DENIED',
  'RETURN_REPLACED',
  'WRONG_SIGNAL',
  'EVENT_MISSING',
  'EVENT_WRONG',
  'EVENT_DIRTY_TAIL',
  'SEAM_INFIDELITY',
  'AGENT_NOT_STARTED',
  'POLICY_REFUSED',
  'AGENT_DIED',
  'AGENT_HUNG',
  'PROBE_TAMPERED',
  'DENIAL_CONTRADICTED',
  'KERNEL_SPLAT',
  'CONTROL_FAILED',
] as const;
export type CheckCode = (typeof checkCodes)[number];

export type CheckOutcome =
  /** `detail`: what a person should know of it all the same; absent mostly. */
  | { readonly kind: 'pass'; readonly detail?: string }
  | {
      readonly kind: 'fail';
      readonly code: CheckCode;
      /** What had to happen: `EPERM`. */
      readonly expected: string;
      /** What happened: `succeeded`. */
      readonly actual: string;
      /** More for a person, one line each: the event as it came, the kernel's message, the command to try by hand. */
      readonly evidence: readonly string[];
    }
  /** Said to be out of reach, and met nevertheless: an improvement that somebody should write down. */
  | { readonly kind: 'gained'; readonly detail: string }
  /** The agent does not claim to do this, or this kernel has no such facility. Never counted as passed. */
  | { readonly kind: 'not-offered'; readonly by: 'agent' | 'kernel'; readonly detail: string }
  /** Could not be looked at, because of something else that failed and is reported there. */
  | {
      readonly kind: 'unproved';
      readonly detail: string;
      /** The phase in which that failed; absent where it did not fail in a phase. */
      readonly phase?: string;
    };

/** One question with one answer. `class`, `environment`, `scenario` and `check` together are unique on a kernel. */
export interface CheckReport {
  readonly class: CheckClass;
  readonly environment: Environment;
  /** `open for reading`. */
  readonly scenario: string;
  /** Which part of the scenario: `control`, `denied`, `neighbour`, `audit`, `event`, `audit event`, ... */
  readonly check: string;
  /** The attempt as an operation of the probe (`open /t/file/secret r`), or null where there is none. */
  readonly attempt: string | null;
  readonly outcome: CheckOutcome;
}

export type FailedCheck = CheckReport & { readonly outcome: Extract<CheckOutcome, { kind: 'fail' }> };

export function isFailedCheck<T extends CheckReport>(check: T): check is T & FailedCheck {
  return check.outcome.kind === 'fail';
}

/** One machine that ran scenarios. */
export interface ScenarioReport {
  /** Name of the contract by which its checks were judged. */
  readonly contract: string;
  readonly environment: Environment;
  /** The state the agent claimed when it was asked to enforce (`ENFORCE`, `ENFORCE_SIGNAL`); null when it was not. */
  readonly posture: string | null;
  readonly checks: readonly CheckReport[];
  /** What broke the machine in the middle; the checks before it count. */
  readonly fault: ScenarioFault | null;
  readonly cmdline: string;
  /** Relative path of the console log; null when QEMU never started. */
  readonly console: string | null;
  /** Milliseconds from the start of QEMU to the guest's hello; null when it never came. */
  readonly bootMs: number | null;
  /** Null when the guest never said hello. */
  readonly start: Start | null;
  readonly ms: number;
}

export interface ScenarioFault {
  readonly cause: InfraCause;
  readonly message: string;
  readonly next: string;
  /** Last lines of the console, control bytes and all. */
  readonly consoleTail: readonly string[];
}
