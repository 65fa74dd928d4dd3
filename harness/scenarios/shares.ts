// SPDX-License-Identifier: Apache-2.0
import type { AgentOffer, Contract } from '../contracts/contract.js';
import type { AttemptSet, Proof } from '../contracts/proof.js';
import type { Environment } from '../model/check.js';
import { type PickedProof, pickProofs, type Wanted, wantedOf } from './pick.js';

/** What is proved on one machine. */
export interface Share {
  /** In the order of the contract; never empty. */
  readonly proofs: readonly PickedProof[];
  /** The first of its environment: what is true of the environment as a whole is recorded with it. */
  readonly leads: boolean;
}

/**
 * What a machine is worth starting for, in starts of an agent. A restored guest has nothing translated: it costs two to
 * three of them before it has done anything.
 */
const shareCost = 12;

/** What is proved of an agent in one environment, shared out among machines; `wanted` may have classes of others. */
export function plannedShares(
  { contract, environment, agent }: { contract: Contract; environment: Environment; agent: AgentOffer },
  wanted: Wanted,
): readonly Share[] {
  return sharesOf(contract.proofs(environment, agent), wantedIn({ contract, environment }, wanted));
}

/** What is wanted of the classes that a contract has in an environment. */
export function wantedIn(
  { contract, environment }: { readonly contract: Contract; readonly environment: Environment },
  { classes, scenarios }: Wanted,
): Wanted {
  const own = contract.environments.find((one) => one.environment === environment)?.classes ?? [];
  return wantedOf(own, { classes, scenarios });
}

/**
 * The proofs of an environment, shared out among machines in the order of the contract, about as much to each: none depends
 * on another, but for the controls, which each machine makes itself. The same for the same proofs, on every host.
 */
function sharesOf(proofs: readonly Proof[], wanted: Wanted): readonly Share[] {
  const own = proofs.filter((proof) => proof.kind !== 'controls');
  const total = sum(own.map(costOf));
  const machines = Math.max(1, Math.round(total / shareCost));
  const shares: Proof[][] = Array.from({ length: machines }, () => []);
  let before = 0;
  for (const proof of own) {
    const middle = before + costOf(proof) / 2;
    shares[total === 0 ? 0 : Math.min(machines - 1, Math.floor((middle * machines) / total))]?.push(proof);
    before += costOf(proof);
  }
  return shares
    .map((share) =>
      pickProofs(
        proofs.filter((proof) => proof.kind === 'controls' || share.includes(proof)),
        wanted,
      ),
    )
    .filter((picked) => picked.length > 0)
    .map((picked, index) => ({ proofs: picked, leads: index === 0 }));
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);

/** Attempts of all classes take as long as starts do. */
const costOfAttempts: Readonly<Record<AttemptSet, number>> = { all: 4, observed: 4, tracepoints: 3, essential: 1 };

/** In starts of an agent, as measured on 6.12. */
function costOf(proof: Proof): number {
  if (proof.kind === 'attempts') {
    return costOfAttempts[proof.attempts] * (Number(proof.observing !== null) + Number(proof.enforcing !== null));
  }
  if (proof.kind === 'missing-hook') return proof.rows.length;
  if (proof.kind === 'restart') return 3;
  return proof.kind === 'controls' || proof.kind === 'not-offered' ? 0 : 1;
}
