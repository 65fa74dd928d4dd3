// SPDX-License-Identifier: Apache-2.0
import type { AgentOffer, Contract } from '../contracts/contract.js';
import { sumOf } from '../model/sum.js';
import type { AttemptSet, Proof } from '../contracts/proof.js';
import type { Environment } from '../model/check.js';
import { companionOf, isOfRestart } from './companions.js';
import { type PickedProof, pickProofs, type Wanted, wantedOf } from './pick.js';

/** What is proved on one machine. */
export interface Share {
  /** In the order of the contract; never empty. */
  readonly proofs: readonly PickedProof[];
  /** The first of its environment: what is true of the environment as a whole is recorded with it. */
  readonly leads: boolean;
  /** Those of the proofs whose answers are known: others have their rules in a policy, and nobody proves them. */
  readonly known: ReadonlySet<PickedProof>;
}

/**
 * What a machine is worth starting for, in starts of an agent. A fresh guest costs the processor as much as one or two of
 * them, and stopping an agent no more than half of one; but that takes 3 s with the BPF LSM, in which only other machines
 * can do something: with fewer of them an environment would be longer on its way than all others together.
 */
const shareCost = 6;

/** What is proved of an agent in one environment, shared out among machines; `wanted` may have classes of others. */
export function plannedShares(
  { contract, environment, agent }: { contract: Contract; environment: Environment; agent: AgentOffer },
  wanted: Wanted,
): readonly Share[] {
  const own = wantedIn({ contract, environment }, wanted);
  return sharesOf(contract.proofs(environment, agent), own, costIn(environment));
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
 * on another, but for the controls, which each machine makes itself, and for those that look at one start. The same for
 * the same proofs, on every host.
 */
function sharesOf(proofs: readonly Proof[], wanted: Wanted, costOf: CostOf): readonly Share[] {
  return partsOf(unitsOf(proofs.filter((proof) => proof.kind !== 'controls')), costOf)
    .map((share) =>
      pickProofs(
        proofs.filter((proof) => proof.kind === 'controls' || share.includes(proof)),
        wanted,
      ),
    )
    .filter((picked) => picked.length > 0)
    .map((picked, index) => ({ proofs: picked, leads: index === 0, known: new Set() }));
}

/** Proofs that stay on one machine. */
type Unit = readonly [Proof, ...Proof[]];

/** A proof of attempts, or a restart, with those after it that share its starts; every other proof alone. */
function unitsOf(proofs: readonly Proof[]): readonly Unit[] {
  const units: [Proof, ...Proof[]][] = [];
  for (const proof of proofs) {
    const joined = units.find(([first]) => sharesStart(first, proof));
    if (joined === undefined) units.push([proof]);
    else joined.push(proof);
  }
  return units;
}

function sharesStart(first: Proof, proof: Proof): boolean {
  if (first.kind === 'restart') return isOfRestart(first, proof);
  return first.kind === 'attempts' && companionOf(first, proof) !== null;
}

/** Each machine takes what is left in equal parts, a unit as a whole. */
function partsOf(units: readonly Unit[], costOf: CostOf): readonly (readonly Proof[])[] {
  const costs = units.map((unit) => costOfUnit(unit, costOf));
  const machines = Math.max(1, Math.round(sumOf(costs) / shareCost));
  const parts: Proof[][] = [];
  let next = 0;
  for (let left = machines; left > 0; left--) {
    const average = sumOf(costs.slice(next)) / left;
    const part: Proof[] = [];
    for (let taken = 0; next < units.length; next++) {
      const cost = costs[next] ?? 0;
      if (left > 1 && part.length > 0 && taken + cost / 2 > average) break;
      part.push(...(units[next] ?? []));
      taken += cost;
    }
    parts.push(part);
  }
  return parts;
}

type CostOf = (proof: Proof) => number;

/** To look at a start that others have costs nothing, unless something is tried with it. */
function costOfUnit([first, ...others]: Unit, costOf: CostOf): number {
  return costOf(first) + sumOf(others.filter(({ kind }) => kind !== 'posture').map(costOf));
}

/** Attempts of all classes take as long as starts do. */
const costOfAttempts: Readonly<Record<AttemptSet, number>> = { all: 4, observed: 4, tracepoints: 3, essential: 1 };

/** In starts of an agent with the BPF LSM, as measured on 6.12; without it a start and a stop are much quicker. */
function costIn(environment: Environment): CostOf {
  const factor = environment === 'lsm' ? 1 : 0.5;
  return (proof) => factor * startsOf(proof);
}

function startsOf(proof: Proof): number {
  if (proof.kind === 'attempts') {
    return costOfAttempts[proof.attempts] * (Number(proof.observing !== null) + Number(proof.enforcing !== null));
  }
  if (proof.kind === 'missing-hook') return proof.rows.length;
  if (proof.kind === 'restart') return 3;
  return proof.kind === 'controls' || proof.kind === 'not-offered' ? 0 : 1;
}
