// SPDX-License-Identifier: Apache-2.0
import type { AttemptsPhase, AttemptsProof, ControlsProof, NeighbourEvent } from '../contracts/proof.js';
import { hasFields } from '../model/event-fields.js';
import type { Expected } from '../model/scenario-evidence.js';
import { type Arranged, arrangePhase } from './arrangement.js';
import { arrangeAttempts } from './attempts.js';
import { recordCalls } from './calls.js';
import { arrangeProof, type AttemptsPart, comesFirst, sharedRules } from './companions.js';
import type { GuestSession } from './guest-session.js';
import { recordObservations } from './observations.js';
import { runPhase } from './kinds-apart.js';
import { countRuns } from './oracle.js';
import type { PickedProof } from './pick.js';
import { attemptScenarios, type Phase, type PhaseWatch, type ScenarioAttempt } from './phases.js';
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

/** Proofs that share the starts of these phases, and what proves one of them. */
export interface Companions {
  readonly of: Readonly<Record<AttemptsPart, readonly PickedProof[]>>;
  /** `shared`: false is given, and nothing recorded, where the agent does not come up. */
  readonly prove: (one: PickedProof, shared: boolean) => Promise<boolean>;
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

/** With an agent that only observes, with one that enforces; each as others want it, too. */
export async function proveAttempts(
  session: GuestSession,
  proof: AttemptsProof,
  { classes, controls, companions }: Attempts & { readonly companions: Companions },
): Promise<void> {
  const free = controls.get(proof.controls);
  if (free === undefined) throw new Error(`scenarios: no controls in ${proof.controls}`);
  const { observing, enforcing, calls, label } = proof;
  const run = { session, classes, companions };
  const audited =
    observing === null
      ? null
      : await provePart(
          run,
          { part: 'observing', phase: observing, watch: watchObserving(session, observing, calls) },
          true,
        );
  const isUp = audited === null || audited.phase.attempts.length > 0;
  const enforced =
    enforcing === null
      ? null
      : await provePart(
          run,
          { part: 'enforcing', phase: enforcing, watch: watchEnforcing(session, enforcing, label) },
          isUp,
        );
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

interface AttemptsRun {
  readonly session: GuestSession;
  readonly classes: readonly ScenarioClass[];
  readonly companions: Companions;
}

interface Part {
  readonly part: AttemptsPart;
  readonly phase: AttemptsPhase;
  readonly watch: (arranged: Arranged) => PhaseWatch;
}

/**
 * One phase and what shares its start. `shares`: the agent takes a policy of all these rules, as far as that is known; where
 * it does not come up with it, what would have shared the start has its own.
 */
async function provePart(run: AttemptsRun, part: Part, shares: boolean): Promise<Finished> {
  const { session, companions } = run;
  await session.clear();
  const all = companions.of[part.part];
  for (const { proof } of all) await arrangeProof(session, proof);
  const { finished, open } = await proveShared(run, part, shares ? all : []);
  for (const one of shares ? open : all) {
    await session.clear();
    await companions.prove(one, false);
  }
  return finished;
}

/** The phase with those that share its start; gives those, too, for which the agent did not stay up. */
async function proveShared(
  { session, classes, companions }: AttemptsRun,
  { phase, watch }: Part,
  sharing: readonly PickedProof[],
): Promise<{ readonly finished: Finished; readonly open: readonly PickedProof[] }> {
  const more = sharing.flatMap((one) => sharedRules(one.proof));
  const arranged = await arrangePhase(session, phase.folder, classes, more);
  return session.sharing(arranged.rules, async () => {
    const open: PickedProof[] = [];
    for (const one of sharing.filter(comesFirst)) {
      if (!(await companions.prove(one, true))) open.push(one);
    }
    const done = await runPhase(session, phase, arranged, watch(arranged));
    for (const one of sharing.filter((other) => !comesFirst(other))) {
      if (session.isLeftRunning) await companions.prove(one, true);
      else open.push(one);
    }
    return { finished: { arranged, phase: done }, open };
  });
}

function watchObserving(session: GuestSession, phase: AttemptsPhase, calls: boolean) {
  return (arranged: Arranged): PhaseWatch => ({
    before: async (started) => {
      if (calls) await arrangeAttempts(session.guest, [countRuns]);
      await recordState(session, started, phase, succeeds);
    },
    after: async () => (calls ? recordCalls(session, phase.phase, hooksOf(arranged)) : []),
  });
}

function watchEnforcing(session: GuestSession, phase: NonNullable<AttemptsProof['enforcing']>, label: string | null) {
  return (): PhaseWatch => ({
    before: async (started) => {
      await recordState(session, started, phase, phase.expected);
      if (started.comingUp.kind === 'announced' && label === null) await session.options.plant?.(session.guest);
    },
    after: () => Promise.resolve([]),
  });
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
