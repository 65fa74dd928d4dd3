// SPDX-License-Identifier: Apache-2.0
import type { RestartProof } from '../contracts/proof.js';
import type { ClaimParts, GuestSession } from './guest-session.js';
import { oracleSnapshot } from './oracle.js';
import { describeEnding } from './process-end.js';
import type { Started } from './started.js';

/** What all scenarios of a restart share: the machine, and what the contract asks for. */
export interface Restarting {
  readonly session: GuestSession;
  readonly proof: RestartProof;
  readonly files: RestartFiles;
}

/** Files and policies of this proof: `held` is denied all the time, `added` only by the second policy. */
export interface RestartFiles {
  readonly held: string;
  readonly added: string;
  readonly first: string | null;
  readonly second: string | null;
}

export function restartClaim({ session, proof }: Restarting, scenario: string, parts: ClaimParts): void {
  session.claim(proof.class, scenario, parts);
}

export async function restartClaimUp(restarting: Restarting, scenario: string, started: Started): Promise<boolean> {
  const { comingUp } = started;
  restartClaim(restarting, scenario, {
    check: 'the agent comes up',
    blames: comingUp.kind === 'silent' ? 'AGENT_HUNG' : 'AGENT_DIED',
    holds: comingUp.kind === 'announced',
    expected: 'a state is announced',
    actual: comingUp.kind === 'ended' ? describeEnding(comingUp) : comingUp.kind,
  });
  if (comingUp.kind === 'silent') await restarting.session.end(started, scenario);
  return comingUp.kind === 'announced';
}

/** Which policy is in force; null where no configuration map is to be seen, or two of them. */
export async function policyGeneration({ session }: Restarting): Promise<bigint | null> {
  const { config } = await oracleSnapshot(session.guest);
  const { configMap } = session.contract;
  return config === null || configMap === null ? null : configMap.generation(Buffer.from(config, 'hex'));
}

/** A new policy has a higher number than the one before; `same`: it is still the one before. */
export function claimPolicyGeneration(
  restarting: Restarting,
  scenario: string,
  { before, after, same }: { readonly before: bigint | null; readonly after: bigint | null; readonly same: boolean },
): void {
  if (restarting.session.contract.configMap === null) return;
  const grown = before !== null && after !== null && after > before;
  restartClaim(restarting, scenario, {
    check: 'policy_generation',
    blames: 'POSTURE_DISHONEST',
    holds: same ? before === after : grown,
    expected: same ? `unchanged, ${String(before)}` : `more than ${String(before)}`,
    actual: String(after),
  });
}
