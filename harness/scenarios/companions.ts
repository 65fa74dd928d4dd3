// SPDX-License-Identifier: Apache-2.0
import { isDeepStrictEqual } from 'node:util';
import type { PolicyRules } from '../contracts/contract.js';
import type { AttemptsProof, Proof, RestartProof, StartRequest } from '../contracts/proof.js';
import type { GuestSession } from './guest-session.js';
import type { PickedProof } from './pick.js';
import { rowRules } from './posture.js';
import { arrangeRecords, recordRules } from './records.js';

/*
 * Proofs that want the same command line and environment share one start: attempts are made, and the agent that they were
 * made with is looked at further. Their rules stand in one policy, each about files of its own, so that none hides another.
 */

/** Phases of a proof of attempts, in the order in which they are. */
export type AttemptsPart = 'observing' | 'enforcing';

/**
 * In which phase of attempts a proof finds the start that it wants; null where it needs one of its own. Attempts with one
 * signal are few, and share their start with rows of the posture table alone.
 */
export function companionOf(attempts: AttemptsProof, proof: Proof): AttemptsPart | null {
  const options = sharedOptions(proof);
  if (options === null || (attempts.label !== null && proof.kind !== 'posture')) return null;
  const parts = ['observing', 'enforcing'] as const;
  return parts.find((part) => isDeepStrictEqual(attempts[part]?.options, options) && fits(part, proof)) ?? null;
}

/**
 * Does a proof look at the start of the first agent of a restart: a row of the posture table, whose rules are about other
 * files. It comes before the restart, which ends that agent.
 */
export function isOfRestart(restart: RestartProof, proof: Proof): boolean {
  return proof.kind === 'posture' && restart.shared !== null && isDeepStrictEqual(sharedOptions(proof), restart.shared);
}

/**
 * The options of a start that can be shared; null for a proof that needs its own. One is a restart: an agent that denies
 * bpf(2), as a policy of all kinds of rule does, denies it to its successor.
 */
function sharedOptions(proof: Proof): StartRequest['options'] | null {
  switch (proof.kind) {
    case 'posture':
      return proof.row.malformed || Object.keys(proof.row.rules).length > 0 ? null : proof.row.options;
    case 'announcement':
    case 'records':
    case 'returns':
      return proof.options;
    default:
      return null;
  }
}

/** Nothing is announced where nothing is enforced, and the rest of these wants to be denied something. */
function fits(part: AttemptsPart, { kind }: Proof): boolean {
  return part === 'enforcing' || kind === 'posture' || kind === 'returns';
}

/** What it looks at before attempts are made: the start itself. */
export function comesFirst({ proof }: PickedProof): boolean {
  return proof.kind === 'announcement';
}

/** What a proof has in the policy of a start that it shares. */
export function sharedRules({ kind }: Proof): readonly PolicyRules[] {
  if (kind === 'posture' || kind === 'announcement') return [rowRules];
  return kind === 'records' ? [recordRules] : [];
}

/** Its files, which have to be there before the agent starts that denies them. */
export async function arrangeProof(session: GuestSession, { kind }: Proof): Promise<void> {
  if (kind === 'records') await arrangeRecords(session);
}
