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

/** As it was measured; of a kernel that was not, the median of the others; null where no kernel has such a session. */
export function knownTime(
  times: SessionTimes,
  { kernel, session }: { readonly kernel: string; readonly session: string },
): number | null {
  const own = times.get(kernel)?.get(session);
  if (own !== undefined) return own;
  const others = [...times.values()].flatMap((one) => one.get(session) ?? []).sort((a, b) => a - b);
  return others[Math.floor((others.length - 1) / 2)] ?? null;
}

/** With what was measured since. */
export function withTimes(
  known: SessionTimes,
  measured: Iterable<readonly [kernel: string, sessions: ReadonlyMap<string, number>]>,
): SessionTimes {
  const all = new Map(known);
  for (const [kernel, sessions] of measured) all.set(kernel, new Map([...(all.get(kernel) ?? []), ...sessions]));
  return all;
}
