// SPDX-License-Identifier: Apache-2.0

/** What one session came to: `open` where nothing failed and not everything was asked, `infra` where its machine broke. */
export const sessionOutcomes = ['pass', 'fail', 'infra', 'open'] as const;
export type SessionOutcome = (typeof sessionOutcomes)[number];

/** How one machine of a kernel answered, in this run or in an earlier one. */
export interface SessionAnswer {
  /** Of its kernel: `load`, `lsm.2`. */
  readonly session: string;
  /** What the answer depends on, as a digest: two sessions with the same are the same question. Null where it is not known. */
  readonly inputs: string | null;
  readonly outcome: SessionOutcome;
  /** Codes of what failed, each once, in order. */
  readonly codes: readonly string[];
  /** ISO 8601, UTC: when it was answered, where that was in an earlier run, as a whole or in part; else null. */
  readonly since: string | null;
  /** Milliseconds that its machine took; 0 where none was started. */
  readonly ms: number;
}

/** Milliseconds by kernel and session. */
export type SessionTimes = ReadonlyMap<string, ReadonlyMap<string, number>>;
