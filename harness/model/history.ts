// SPDX-License-Identifier: Apache-2.0
import type { KernelId } from './kernel.js';
import type { Accelerator } from './report.js';
import type { SessionAnswer } from './session-answer.js';
import type { Verdict } from './verdict.js';

/** Version of a line. Raised when a field changes its meaning or goes. */
export const historySchema = 1;

/** One run in the history: what can be compared with other runs, and nothing that grows without bounds. */
export interface HistoryLine {
  readonly schema: typeof historySchema;
  /** ISO 8601, UTC. */
  readonly started: string;
  readonly ms: number;
  readonly exitCode: number;
  /** `bpf-matrix 0.1.0`. */
  readonly tool: string;
  readonly host: HistoryHost;
  /** Flags that say what was tested, as in `run.json`. */
  readonly given: readonly string[];
  readonly jobs: number;
  /** Digest of the code and the expectations by which answers became verdicts; null where it is not known. */
  readonly judge: string | null;
  readonly objects: readonly NamedHash[];
  readonly agents: readonly NamedHash[];
  /** `aegis/file_open`: what `insns` of each kernel is about, in this order. */
  readonly programs: readonly string[];
  /** How many programs are left out because the line would be too long; absent where none is. */
  readonly programsLeftOut?: number | undefined;
  readonly kernels: readonly HistoryKernel[];
}

/** Where a run was: times of two hosts say nothing about each other. */
export interface HistoryHost {
  /** As its processor is called. */
  readonly cpu: string;
  /** Processors that this process may use. */
  readonly cpus: number;
  /** Null where no machine was started. */
  readonly accel: Accelerator | null;
  readonly qemu: string | null;
  readonly node: string;
}

export interface NamedHash {
  readonly name: string;
  /** SHA-256, lower-case hex. */
  readonly sha256: string;
}

export interface HistoryKernel {
  readonly id: KernelId;
  /** Null for a kernel that did not come up. */
  readonly release: string | null;
  /** SHA-256 of its image; null for one that could not be had. */
  readonly image: string | null;
  readonly verdict: Verdict['kind'];
  /** Code of the verdict; null for a pass. */
  readonly code: string | null;
  readonly programs: { readonly ok: number; readonly failed: number };
  readonly checks: { readonly pass: number; readonly failed: number; readonly unproved: number };
  /** Milliseconds of all its machines that were started in this run. */
  readonly ms: number;
  /** Instructions that the verifier walked, by `programs`; null where there is no such number. */
  readonly insns: readonly (number | null)[];
  readonly sessions: readonly SessionAnswer[];
}

/** How many sessions of these kernels were reused. */
export function reusedIn(kernels: readonly Pick<HistoryKernel, 'sessions'>[]): number {
  return kernels.flatMap(({ sessions }) => sessions).filter(({ since }) => since !== null).length;
}

/** A session that was answered in two ways although nothing it depends on had changed. */
export interface Flake {
  readonly kernel: KernelId;
  readonly session: string;
  readonly inputs: string;
  /** What it is now. */
  readonly now: string;
  /** What it was, as it was last seen. */
  readonly before: string;
  /** ISO 8601, UTC: when that was. */
  readonly on: string;
}
