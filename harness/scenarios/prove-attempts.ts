// SPDX-License-Identifier: Apache-2.0
import type { AttemptsPhase, AttemptsProof, ControlsProof, NeighbourEvent } from '../contracts/proof.js';
import { hasFields } from '../model/event-fields.js';
import type { Expected } from '../model/scenario-evidence.js';
import { type Arranged, arrangePhase } from './arrangement.js';
import { arrangeAttempts } from './attempts.js';
import { recordCalls } from './calls.js';
import type { GuestSession } from './guest-session.js';
import { recordObservations } from './observations.js';
import { runPhase } from './kinds-apart.js';
import { countRuns } from './oracle.js';
import { attemptScenarios, type Phase, type ScenarioAttempt } from './phases.js';
import { recordPosture } from './posture.js';
import type { ScenarioClass } from './scenario.js';
import type { Started } from './started.js';

/** What the attempts came to without an agent, by the folder of their files. */
export type Controls = Map<string, readonly ScenarioAttempt[]>;

const succeeds: Expected = { kind: 'returned', errno: 0 };

/** The attempts that are wanted, and the place where those without an agent go. */
interface Attempts {
  readonly classes: readonly ScenarioClass[];
  readonly controls: Controls;
}

/** Without the agent. */
export async function proveControls(
  session: GuestSession,
  proof: ControlsProof,
  { classes, controls }: Attempts,
): Promise<void> {
  const free = await session.phase(proof.phase, async () =>
    attemptScenarios(session, await arrangePhase(session, proof.folder, classes), null),
  );
  controls.set(proof.folder, free);
}

/** With an agent that only observes, with one that enforces. */
export async function proveAttempts(
  session: GuestSession,
  proof: AttemptsProof,
  { classes, controls }: Attempts,
): Promise<void> {
  const free = controls.get(proof.controls);
  if (free === undefined) throw new Error(`scenarios: no controls in ${proof.controls}`);
  const audited = await proveObserving(session, proof, classes);
  const enforced = await proveEnforcing(session, proof, classes);
  const last = enforced ?? audited;
  if (last === null) throw new Error('scenarios: attempts without a phase');
  recordObservations(session, last.arranged, proof, {
    free,
    audited: audited?.phase ?? null,
    enforced: enforced?.phase ?? null,
  });
  for (const event of proof.neighbourEvents) recordNeighbourEvent(session, event, last.phase);
}

interface Finished {
  readonly arranged: Arranged;
  readonly phase: Phase;
}

async function proveObserving(
  session: GuestSession,
  { observing, calls }: AttemptsProof,
  wanted: readonly ScenarioClass[],
): Promise<Finished | null> {
  if (observing === null) return null;
  const arranged = await arrangePhase(session, observing.folder, wanted);
  const phase = await runPhase(session, observing, arranged, {
    before: async (started) => {
      if (calls) await arrangeAttempts(session.guest, [countRuns]);
      await recordState(session, started, observing, succeeds);
    },
    after: async () => (calls ? recordCalls(session, observing.phase, hooksOf(arranged)) : []),
  });
  return { arranged, phase };
}

async function proveEnforcing(
  session: GuestSession,
  { enforcing, label }: AttemptsProof,
  wanted: readonly ScenarioClass[],
): Promise<Finished | null> {
  if (enforcing === null) return null;
  const arranged = await arrangePhase(session, enforcing.folder, wanted);
  const phase = await runPhase(session, enforcing, arranged, {
    before: async (started) => {
      await recordState(session, started, enforcing, enforcing.expected);
      if (started.comingUp.kind === 'announced' && label === null) await session.options.plant?.(session.guest);
    },
    after: () => Promise.resolve([]),
  });
  return { arranged, phase };
}

/** Hooks at which something is tried. */
function hooksOf({ classes }: Arranged): readonly string[] {
  const scenarios = classes.flatMap((one) => one.scenarios);
  return [...new Set(scenarios.flatMap((one) => (one.kind === 'observed' ? [one.hook] : [])))];
}

async function recordState(
  session: GuestSession,
  started: Started,
  { phase, state }: AttemptsPhase,
  attemptExpected: Expected,
): Promise<void> {
  if (state !== null) await recordPosture(session, started, { name: phase, state, attempt: null, attemptExpected });
}

function recordNeighbourEvent(session: GuestSession, wanted: NeighbourEvent, phase: Phase): void {
  if (!session.wants(wanted.class)) return;
  const { class: name, scenario, check, neighbourOf, fields, expected } = wanted;
  const of = phase.attempts.find((one) => one.class === name && one.scenario.name === neighbourOf);
  if (of === undefined) return;
  const holds = phase.events.some((event) => event['pid'] === of.neighbour?.pid && hasFields(event, fields));
  session.claim(name, scenario, {
    check,
    blames: 'EVENT_MISSING',
    holds,
    expected,
    actual: holds ? 'reported' : 'no event reports it',
  });
}
