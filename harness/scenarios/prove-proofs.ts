// SPDX-License-Identifier: Apache-2.0
import type { AnnouncementProof, Proof } from '../contracts/proof.js';
import type { CheckClass } from '../model/check.js';
import { assertNever } from '../model/assert-never.js';
import { arrangeProof, type AttemptsPart, companionOf, isOfRestart, sharedRules } from './companions.js';
import { proveEscalation } from './escalation.js';
import { proveFullRing } from './full-ring.js';
import type { GuestSession } from './guest-session.js';
import { proveManyOpens } from './many-opens.js';
import type { Share } from './shares.js';
import type { PickedProof } from './pick.js';
import { arrangeRowSecret, overrideLsm, proveMissingHook, provePostureRow } from './posture.js';
import { type Companions, type Controls, proveAttempts, proveControls } from './prove-attempts.js';
import { proveRecords } from './records.js';
import { proveRestart } from './restart.js';
import { proveReturns } from './returns.js';
import { proveAnnouncement } from './watch-opens.js';

/** One part of what the agent's contract wants proved in this environment, in its order. */
export async function proveAll(session: GuestSession, { proofs, leads, known }: Share): Promise<void> {
  if (session.environment === 'lsm-override') await overrideLsm(session);
  await arrangeRowSecret(session);
  if (leads) recordLacks(session);
  const run: ProofsRun = { session, proofs, known, controls: new Map() };
  const shared = new Set(proofs.flatMap((one) => Object.values(companionsIn(proofs, one.proof)).flat()));
  for (const one of proofs.filter((other) => !shared.has(other) && !known.has(other))) {
    await session.clear();
    await proveOrRecord(run, one);
  }
  await session.finish();
}

interface ProofsRun extends Pick<Share, 'proofs' | 'known'> {
  readonly session: GuestSession;
  readonly controls: Controls;
}

/** Those of the share that need no start of their own beside a proof of attempts, or a restart. */
function companionsIn(proofs: readonly PickedProof[], proof: Proof): Companions['of'] {
  if (proof.kind === 'restart')
    return { observing: [], enforcing: proofs.filter((one) => isOfRestart(proof, one.proof)) };
  const of = (part: AttemptsPart): readonly PickedProof[] =>
    proof.kind === 'attempts' ? proofs.filter((one) => companionOf(proof, one.proof) === part) : [];
  return { observing: of('observing'), enforcing: of('enforcing') };
}

/** `needsUp`: false is given, and nothing recorded, where the agent does not come up. */
async function proveOrRecord(run: ProofsRun, one: PickedProof, needsUp = false): Promise<boolean> {
  const { session } = run;
  if (run.known.has(one)) return true;
  if (session.options.halted()) {
    for (const other of [one, ...Object.values(companionsIn(run.proofs, one.proof)).flat()])
      recordNotRun(session, other);
  } else if (session.refused.has(deniedBy) && needDenied.has(one.proof.kind)) {
    recordOpen(session, one);
  } else {
    return prove(run, one, needsUp);
  }
  return true;
}

/** Fields that the agent does not have, by its dialect: nobody asks for them, and nobody says that they are right. */
function recordLacks(session: GuestSession): void {
  const { dialect } = session.agent;
  const lacks = { events: dialect?.events.lacks ?? [], report: dialect?.report?.lacks ?? [] };
  if (lacks.events.length > 0)
    session.notOffered('posture', 'fields of events', `its events have no ${lacks.events.join(', ')}`);
  if (lacks.report.length > 0)
    session.notOffered('posture', 'fields of the report', `its report has no ${lacks.report.join(', ')}`);
}

async function prove(run: ProofsRun, one: PickedProof, needsUp: boolean): Promise<boolean> {
  const { session } = run;
  const { proof } = one;
  if (!session.isSharing) await arrangeProof(session, proof);
  if (proof.kind === 'announcement') return proveAnnouncement(session, proof, needsUp);
  if ('scenario' in proof) await proveScenario(session, proof);
  else await provePhases(run, { ...one, proof });
  return true;
}

/** A proof that is more than one scenario, or none. */
async function provePhases(
  run: ProofsRun,
  { proof, classes }: { readonly proof: Exclude<Proof, { scenario: string }> } & Pick<PickedProof, 'classes'>,
): Promise<void> {
  const { session, proofs, controls } = run;
  switch (proof.kind) {
    case 'controls':
      return proveControls(session, proof, { classes, controls });
    case 'attempts':
      return proveAttempts(session, proof, {
        classes,
        controls,
        companions: { of: companionsIn(proofs, proof), prove: (other, shared) => proveOrRecord(run, other, shared) },
      });
    case 'posture':
      return provePostureRow(session, proof.row);
    case 'missing-hook':
      return proveMissingHook(session, proof);
    case 'restart': {
      const before = companionsIn(proofs, proof).enforcing;
      return proveRestart(session, proof, {
        rules: before.flatMap((one) => sharedRules(one.proof)),
        prove: async () => {
          for (const one of before) await proveOrRecord(run, one);
        },
      });
    }
    case 'not-offered':
      session.notOffered(proof.class, proof.name, proof.detail, proof.by);
      return;
    default:
      return assertNever(proof);
  }
}

/** A proof that is one scenario with a way of its own. */
async function proveScenario(
  session: GuestSession,
  proof: Exclude<Extract<Proof, { scenario: string }>, AnnouncementProof>,
): Promise<void> {
  switch (proof.kind) {
    case 'records':
      return proveRecords(session, proof);
    case 'full-ring':
      return proveFullRing(session, proof);
    case 'many-opens':
      return proveManyOpens(session, proof);
    case 'returns':
      return proveReturns(session, proof);
    case 'escalation':
      return proveEscalation(session, proof);
    default:
      return assertNever(proof);
  }
}

/** The kind of rule about the files that proofs other than those of attempts have denied. */
const deniedBy = 'deny_path';

/** Without that rule nothing is denied in them, and all that they could say would be false. */
const needDenied: ReadonlySet<Proof['kind']> = new Set([
  'posture',
  'missing-hook',
  'announcement',
  'records',
  'escalation',
  'restart',
]);

/** The agent refuses the rule, which is recorded where it was seen. */
function recordOpen(session: GuestSession, { proof, classes }: PickedProof): void {
  const phase = session.refused.get(deniedBy) ?? '';
  const because = { detail: `the agent refuses ${deniedBy} rules (${phase})`, phase };
  for (const name of classesOf(proof, classes)) session.notRun(name, summaryOf(proof), because);
}

/** The run ended at its first failure (`-x`), which was not this. */
function recordNotRun(session: GuestSession, { proof, classes }: PickedProof): void {
  if (proof.kind === 'controls') return;
  for (const name of classesOf(proof, classes)) session.notRun(name, summaryOf(proof));
}

function classesOf(proof: Proof, classes: PickedProof['classes']): ReadonlySet<CheckClass> {
  return new Set<CheckClass>(proof.class === 'each' ? classes.map((one) => one.class) : [proof.class]);
}

function summaryOf(proof: Proof): string {
  if ('scenario' in proof) return proof.scenario;
  switch (proof.kind) {
    case 'controls':
      return proof.phase;
    case 'attempts':
      return (proof.enforcing ?? proof.observing)?.phase ?? proof.kind;
    case 'posture':
      return proof.row.name;
    case 'missing-hook':
      return `without ${proof.hook}`;
    case 'restart':
      return Object.values(proof.scenarios).join(', ');
    case 'not-offered':
      return proof.name;
    default:
      return assertNever(proof);
  }
}
