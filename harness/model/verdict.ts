// SPDX-License-Identifier: Apache-2.0
import { assertNever } from './assert-never.js';
import { checkCodes } from './check.js';

/** Where in the life of a program a failure belongs. `enforce`: it loads, and does not do what it claims. */
export const failStages = ['open', 'load', 'attach', 'enforce', 'run'] as const;
export type FailStage = (typeof failStages)[number];

/** What a baseline says otherwise. Closed: a new code needs a doc line and a planted fault in the tests. */
export const manifestCodes = [
  'PROGRAM_LOST',
  'PROGRAM_DISAPPEARED',
  'HOOK_LOST',
  'POSTURE_CHANGED',
  'SCENARIO_CHANGED',
  'FAILURE_CHANGED',
  'MANIFEST_NO_BASELINE',
  'VERIFIER_REGRESSION',
  'STATS_LOST',
] as const;
export type ManifestCode = (typeof manifestCodes)[number];

/** Is it a change that fails a run, unlike those that are notes. */
export function isManifestCode(code: string): code is ManifestCode {
  return manifestCodes.some((one) => one === code);
}

/** Why one program did not load or attach on a kernel. */
export const programCodes = [
  'VERIFIER_REJECTED',
  'HOOK_MISSING',
  'BTF_MISSING',
  'CORE_RELOCATION',
  'HELPER_UNSUPPORTED',
  'MAP_UNSUPPORTED',
  'PROG_TYPE_UNSUPPORTED',
  'ATTACH_FAILED',
  'LOAD_FAILED',
] as const;
export type ProgramCode = (typeof programCodes)[number];

/** Why the agent failed. Closed: a new code needs a doc line and a planted fault in the tests. */
export const failureCodes = [
  ...programCodes,
  'OBJECT_INVALID',
  'EXPECTATION_CHANGED',
  'NOTHING_TESTED',
  'COMMAND_FAILED',
  'FLAKY',
  ...manifestCodes,
  ...checkCodes,
] as const;
export type FailureCode = (typeof failureCodes)[number];

/** What broke in the machinery around the agent. */
export const infraCauses = [
  'KERNEL_PANIC',
  'KERNEL_OOPS',
  'KERNEL_BUG',
  'SOFT_LOCKUP',
  'RCU_STALL',
  'QEMU_START',
  'QEMU_EXITED',
  'BOOT_TIMEOUT',
  'HELLO_TIMEOUT',
  'REQUEST_TIMEOUT',
  'VM_TIMEOUT',
  'HOST_PAUSED',
  'GUEST_SETUP',
  'GUEST_DENIED',
  'GUEST_PROTOCOL',
  'GUEST_MEMORY',
  'LOG_UNPARSED',
  'IMAGE_BUILD',
  'WRONG_KERNEL',
  'SHARD_INCOMPLETE',
  'REPORTER',
  'HARNESS',
] as const;
export type InfraCause = (typeof infraCauses)[number];

/** Why a selected kernel could not be had. */
export const unavailableReasons = [
  'ARCHIVE_UNREACHABLE',
  'ARCHIVE_UNTRUSTED',
  'ARCHIVE_EXPIRED',
  'ARCHIVE_NOT_ASKED',
  'SERIES_NOT_OFFERED',
  'LOCK_DRIFT_REFUSED',
  'LOCK_CHANGED',
  'PACKAGE_DAMAGED',
  'TOOL_MISSING',
  'CACHE_UNUSABLE',
  'NOT_RUN',
] as const;
export type UnavailableReason = (typeof unavailableReasons)[number];

/** The outcome of one kernel, one object or one program. Verdicts are data; exceptions are broken machinery. */
export type Verdict =
  | { readonly kind: 'pass' }
  | { readonly kind: 'fail'; readonly stage: FailStage; readonly code: FailureCode }
  | { readonly kind: 'infra'; readonly cause: InfraCause }
  | { readonly kind: 'unavailable'; readonly reason: UnavailableReason };

export const verdictKinds = ['pass', 'fail', 'infra', 'unavailable'] as const satisfies readonly Verdict['kind'][];

/** What a verdict that is no pass says in one word. */
export type Code = FailureCode | InfraCause | UnavailableReason;

/** The code inside a verdict; null for a pass. */
export function verdictCode(verdict: Verdict): Code | null {
  switch (verdict.kind) {
    case 'pass':
      return null;
    case 'fail':
      return verdict.code;
    case 'infra':
      return verdict.cause;
    case 'unavailable':
      return verdict.reason;
    default:
      return assertNever(verdict);
  }
}
