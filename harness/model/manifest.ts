// SPDX-License-Identifier: Apache-2.0
import type { Blame } from './blame.js';
import type { CheckClass, Environment } from './check.js';
import type { MapDeclaration, VerifierStats } from './evidence.js';
import type { KernelId, KernelSource } from './kernel.js';
import type { FailureCode, ManifestCode } from './verdict.js';

/** Version of a manifest. Raised when a field changes its meaning or goes. */
export const manifestSchema = 2;

/** What one kernel made of the agent, without what differs from run to run: the baseline of the next one. */
export interface Manifest {
  readonly schema: typeof manifestSchema;
  /** That its agent keeps; absent for the default contract. */
  readonly contract?: string;
  readonly kernel: ManifestKernel;
  readonly agent: ManifestAgent | null;
  readonly objects: readonly ManifestObject[];
  /** One an environment that was proved. */
  readonly postures: readonly ManifestPosture[];
  /** Sorted by environment, class and name. */
  readonly scenarios: readonly ManifestScenario[];
}

/** What a manifest is found by in a baseline, and the name of its file: `6.12`, of another contract than the default `audit/6.12`. */
export function manifestKey(kernel: KernelId, contract: string | undefined): string {
  return contract === undefined ? kernel : `${contract}/${kernel}`;
}

export interface ManifestAgent {
  readonly name: string;
  readonly sha256: string;
}

export interface ManifestKernel {
  readonly id: KernelId;
  readonly source: KernelSource;
  readonly package: string | null;
  readonly version: string | null;
  readonly release: string;
  readonly imageSha256: string;
  /** SHA-256 of the kernel's configuration and of its BTF, where it shows them. */
  readonly configSha256: string | null;
  readonly btfSha256: string | null;
}

export interface ManifestObject {
  readonly name: string;
  readonly sha256: string;
  readonly compiler: string | null;
  /** The object as an agent loads it, all or nothing. */
  readonly whole: 'loaded' | 'not-tried' | FailureCode;
  /** In the order of the object. */
  readonly programs: readonly ManifestProgram[];
  readonly maps: readonly ManifestMap[];
}

export interface ManifestProgram {
  readonly name: string;
  readonly section: string;
  /** What the section asks to be attached to: `socket_connect`; null where it names nothing. */
  readonly target: string | null;
  readonly required: boolean;
  readonly load: 'loaded' | FailureCode;
  readonly attach: 'attached' | 'unattachable' | 'not-tried' | FailureCode;
  /** Null when the program did not load. */
  readonly stats: ManifestStats | null;
}

/** What the verifier says the same each time; the time it took is not. */
export type ManifestStats = Omit<VerifierStats, 'verificationTime'>;

export type ManifestMap = MapDeclaration & { readonly error: string | null };

export interface ManifestPosture {
  /** Absent for the default contract. */
  readonly contract?: string;
  readonly environment: Environment;
  readonly posture: string | null;
}

export interface ManifestScenario {
  /** Absent for the default contract. */
  readonly contract?: string;
  readonly environment: Environment;
  readonly class: CheckClass;
  readonly scenario: string;
  /** The worst outcome of its checks; of failures each code, sorted: `fail ENFORCEMENT_LEAK EVENT_MISSING`. */
  readonly verdict: string;
}

export const scenarioRanks = ['pass', 'gained', 'not-offered', 'unproved', 'fail'] as const;

/** What changed between a baseline and a run: failures by their code, and notes. */
export const noteKinds = ['GAINED', 'KERNEL_DRIFTED', 'CHANGED'] as const;
export type ChangeKind = ManifestCode | (typeof noteKinds)[number];

export interface ManifestChange {
  readonly kind: ChangeKind;
  /** What it is about: `aegis/deny_connect`, `lsm: file: open for reading`, `lsm: posture`. */
  readonly item: string;
  readonly before: string;
  readonly now: string;
  /** Of a VERIFIER_REGRESSION in instructions: the lines on which it grew; absent where they were not counted then or now. */
  readonly blame?: Blame;
}

/** One kernel of a run beside its baseline. */
export interface ManifestDiff {
  readonly kernel: KernelId;
  /** Why nothing was compared; null when it was. */
  readonly skipped: string | null;
  readonly changes: readonly ManifestChange[];
  /** `--update` writes the baseline of this kernel. */
  readonly updated: boolean;
}

/** How much a stat may grow: more than both is a regression. */
export interface StatLimit {
  readonly percent: number;
  /** Absolute. */
  readonly floor: number;
}

export interface StatLimits {
  readonly insns: StatLimit;
  readonly states: StatLimit;
  /** By the name of a program; what is not said here is as above. */
  readonly programs: Readonly<Record<string, { readonly insns?: StatLimit; readonly states?: StatLimit }>>;
}

export const defaultStatLimits: StatLimits = {
  insns: { percent: 15, floor: 50 },
  states: { percent: 15, floor: 10 },
  programs: {},
};
