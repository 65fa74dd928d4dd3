// SPDX-License-Identifier: Apache-2.0
import type { CommandEvidence } from './command.js';
import type { CheckClass, Environment } from '../model/check.js';
import type { ObjectEvidence } from '../model/evidence.js';
import type { GuestFacts } from '../model/facts.js';
import type { KernelIdentity, UnavailableKernel } from '../model/kernel.js';
import type { BootReport } from '../model/report.js';
import type { ScenarioEvidence } from '../model/scenario-evidence.js';
import type { InfraCause } from '../model/verdict.js';

/** What broke a session, in words for a person. */
export interface SessionFault {
  readonly cause: InfraCause;
  readonly message: string;
  readonly next: string;
  /** Last console lines as they came. */
  readonly consoleTail: readonly string[];
}

/** How many sessions stand behind an answer, and how many of them are of an earlier run. */
export interface SessionCount {
  readonly all: number;
  readonly reused: number;
  /** ISO 8601, UTC: when the oldest of those answered; null without any. */
  readonly since: string | null;
  /** How many others are of an earlier run but for some classes of scenarios; absent where none is. */
  readonly inPart?: number;
  /** These classes. */
  readonly anew?: readonly CheckClass[];
}

/** All that one session on one kernel produced, before anything is judged. */
export interface SessionResult {
  readonly identity: KernelIdentity;
  readonly boot: BootReport | null;
  readonly facts: GuestFacts | null;
  /** How many objects the session was asked to load; fewer are below when it broke. */
  readonly asked: number;
  readonly objects: readonly ObjectEvidence[];
  readonly fault: SessionFault | null;
  /** Console log relative to the report folder; null when QEMU never started. */
  readonly console: string | null;
  /** What the initramfs could do without, one line each. */
  readonly notes: readonly string[];
  readonly ms: number;
  /** When it answered, ISO 8601, UTC, where that was in an earlier run. */
  readonly since?: string | undefined;
}

/** What one machine saw while scenarios ran, before anything is judged. */
export interface ScenarioSession {
  /** Name of the contract that the agent keeps, by which the evidence is judged. */
  readonly contract: string;
  readonly environment: Environment;
  readonly evidence: readonly ScenarioEvidence[];
  readonly boot: BootReport | null;
  readonly fault: SessionFault | null;
  readonly console: string | null;
  readonly ms: number;
  /** Absent in evidence of older versions, and where no machine was asked. */
  readonly sessions?: SessionCount | undefined;
}

/** All that one kernel left of one run, before anything is judged. */
export type KernelResult =
  | {
      readonly kind: 'session';
      readonly session: SessionResult;
      /** One an environment that was asked for. */
      readonly scenarios: readonly ScenarioSession[];
    }
  | {
      /** A session without objects; `evidence` null where the machine broke before the command ended. */
      readonly kind: 'command';
      readonly session: SessionResult;
      readonly evidence: CommandEvidence | null;
    }
  | { readonly kind: 'unavailable'; readonly kernel: UnavailableKernel };
