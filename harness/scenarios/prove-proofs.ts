// SPDX-License-Identifier: Apache-2.0
import type { Proof } from '../contracts/proof.js';
import { assertNever } from '../model/assert-never.js';
import { proveEscalation } from './escalation.js';
import type { GuestSession } from './guest-session.js';
import { arrangePostureRows, overrideLsm, proveMissingHook, provePostureRow } from './posture.js';
import { type Controls, proveAttempts, proveControls, wantedClasses } from './prove-attempts.js';
import { proveRecords } from './records.js';
import { proveRestart } from './restart.js';
import { proveAnnouncement } from './watch-opens.js';

/** Everything that the agent's contract wants proved in this environment, in its order. */
export async function proveAll(session: GuestSession): Promise<void> {
  if (session.environment === 'lsm-override') await overrideLsm(session);
  const proofs = session.contract.proofs(session.environment, session.agent).filter((one) => isWanted(session, one));
  if (proofs.some(({ kind }) => rowKinds.has(kind))) await arrangePostureRows(session);
  const controls: Controls = new Map();
  for (const proof of proofs) await prove(session, proof, controls);
}

/** Proofs about one denied file that all of them share. */
const rowKinds: ReadonlySet<Proof['kind']> = new Set(['posture', 'missing-hook', 'announcement']);

function isWanted(session: GuestSession, proof: Proof): boolean {
  if (proof.kind !== 'controls' && proof.kind !== 'attempts') return session.wants(proof.class);
  return proof.class === 'each' ? wantedClasses(session, proof).length > 0 : session.wants(proof.class);
}

async function prove(session: GuestSession, proof: Proof, controls: Controls): Promise<void> {
  switch (proof.kind) {
    case 'controls':
      return proveControls(session, proof, controls);
    case 'attempts':
      return proveAttempts(session, proof, controls);
    case 'posture':
      return provePostureRow(session, proof.row);
    case 'missing-hook':
      return proveMissingHook(session, proof);
    case 'announcement':
      return proveAnnouncement(session, proof);
    case 'records':
      return proveRecords(session, proof);
    case 'escalation':
      return proveEscalation(session, proof);
    case 'restart':
      return proveRestart(session, proof);
    case 'not-offered':
      session.notOffered(proof.class, proof.name, proof.detail);
      return;
    default:
      return assertNever(proof);
  }
}
