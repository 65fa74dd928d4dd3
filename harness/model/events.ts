// SPDX-License-Identifier: Apache-2.0
import type { CheckReport, Environment } from './check.js';
import type { KernelId } from './kernel.js';
import type { KernelReport, ProgramReport, RunReport } from './report.js';
import type { ObjectIdentity } from './object.js';
import type { SessionAnswer, SessionTimes } from './session-answer.js';

/** What a kernel is busy with. */
export type KernelPhase =
  'waiting' | 'fetch' | 'image' | 'boot' | 'facts' | 'load' | 'costs' | 'attach' | 'scenarios' | 'command' | 'done';

/** What happens during a run, in order, for reporters. */
export type RunEvent =
  | {
      readonly type: 'run-started';
      readonly kernels: readonly KernelId[];
      readonly objects: readonly ObjectIdentity[];
      readonly jobs: number;
      /** What each session took when it was last asked, as far as that is known. */
      readonly lastTimes: SessionTimes;
    }
  /** Said once per run: KVM is useless here, a kernel drifted. `kvm`: why it is, as the report of the run has it. */
  | { readonly type: 'notice'; readonly text: string; readonly kvm?: string }
  | { readonly type: 'kernel-phase'; readonly kernel: KernelId; readonly phase: KernelPhase; readonly detail: string }
  /** Sessions that a kernel will have, as soon as that is known; some may turn out to be of no use. */
  | { readonly type: 'sessions-planned'; readonly kernel: KernelId; readonly sessions: readonly string[] }
  | { readonly type: 'session-started'; readonly kernel: KernelId; readonly session: string }
  | { readonly type: 'session-ended'; readonly kernel: KernelId; readonly answer: SessionAnswer }
  | {
      readonly type: 'program-judged';
      readonly kernel: KernelId;
      readonly object: string;
      readonly program: ProgramReport;
    }
  /** Checks of one machine as they get their answers, each reported once; a scenario at a time, or more. */
  | {
      readonly type: 'checks-judged';
      readonly kernel: KernelId;
      readonly contract: string;
      readonly environment: Environment;
      readonly checks: readonly CheckReport[];
    }
  | { readonly type: 'kernel-finished'; readonly report: KernelReport }
  | { readonly type: 'run-finished'; readonly report: RunReport };
