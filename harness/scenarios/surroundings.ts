// SPDX-License-Identifier: Apache-2.0
import { lookAtFiles } from '../guest/files.js';
import type { Arranged } from './arrangement.js';
import type { GuestSession } from './guest-session.js';
import type { ScenarioAttempt } from './phases.js';
import { contradictionsOf, type Surroundings, type Trace, traceOf } from './traces.js';

/** What attempts of a phase may leave behind, as it is now. */
export async function lookAround(session: GuestSession, { classes }: Arranged): Promise<Surroundings> {
  const traces = classes.flatMap(({ scenarios }) =>
    scenarios.flatMap(({ attempt }) => traceOf(attempt.operation) ?? []),
  );
  const paths = [...new Set(traces.flatMap((trace) => (trace.kind === 'received' ? [] : [trace.path])))];
  const isSent = traces.some(({ kind }) => kind === 'received');
  return {
    files: paths.length === 0 ? new Map() : await lookAtFiles(session.guest, paths),
    received: (isSent ? await session.server?.received() : undefined) ?? new Map(),
  };
}

/** Records each attempt that was denied and has happened all the same. */
export async function recordContradictions(
  session: GuestSession,
  arranged: Arranged,
  before: Surroundings,
  attempts: readonly ScenarioAttempt[],
): Promise<void> {
  const all = attempts.flatMap((one) => {
    const { scenario } = one;
    // Of what is observed, the neighbour is the same by a process of which nobody was told.
    const neighbour = scenario.kind === 'denied' ? scenario.neighbour : scenario.attempt;
    return [
      { of: one, attempt: one.attempt, trace: traceOf(scenario.attempt.operation) },
      ...(one.neighbour === null || neighbour === null
        ? []
        : [{ of: one, attempt: one.neighbour, trace: traceOf(neighbour.operation) }]),
    ];
  });
  const traced = all.map(({ attempt, trace }): { trace: Trace | null; outcome: typeof attempt.outcome } => ({
    trace,
    outcome: attempt.outcome,
  }));
  const contradictions = contradictionsOf(traced, before, await lookAround(session, arranged));
  for (const [index, actual] of contradictions.entries()) {
    const one = all[index];
    if (actual === null || one === undefined) continue;
    session.claim(one.of.class, one.of.scenario.name, {
      check: 'left no trace',
      blames: 'DENIAL_CONTRADICTED',
      holds: false,
      expected: 'what was denied has left nothing behind',
      actual,
      attempt: one.attempt.operation,
    });
  }
}
