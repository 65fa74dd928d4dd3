// SPDX-License-Identifier: Apache-2.0
import type { Proof } from '../contracts/proof.js';
import type { CheckClass } from '../model/check.js';
import { type PickedProof, reportedName, scenarioNames } from './pick.js';
import { type ScenarioClass, withScenarios } from './scenario.js';
import type { Share } from './shares.js';

/*
 * The attempts of one class are made with an agent whose policy has the rules of all. Where the rest of a share is known
 * from an earlier run they can be asked for by themselves, of an agent that is started in the same way, with that same
 * policy, beside the files of all classes.
 */

/** A check's class, and the name of its scenario. */
type Reported = readonly [of: CheckClass, scenario: string];

/** What the scenarios of one class are reported as, in one proof. */
export interface ClassPart {
  readonly class: CheckClass;
  /** Place of the proof in its share. */
  readonly proof: number;
  readonly reported: readonly Reported[];
}

/**
 * Can the classes of this proof be asked for one by one? Not where it is looked at which programs the kernel called at the
 * hooks of all of them.
 */
export function isAskedApart(proof: Proof): boolean {
  return proof.kind === 'controls' || (proof.kind === 'attempts' && !proof.calls);
}

/** In the order of the share. */
export function classParts({ proofs }: Share): readonly ClassPart[] {
  return proofs.flatMap(({ proof, classes }, index): readonly ClassPart[] => {
    if (proof.kind !== 'attempts' || !isAskedApart(proof)) return [];
    return [...new Set(classes.map((one) => one.class))].map((name) => {
      const names = classes.filter((one) => one.class === name).flatMap(scenarioNames);
      const of = proof.class === 'each' ? name : proof.class;
      const events = proof.neighbourEvents.filter((event) => event.class === name);
      return {
        class: name,
        proof: index,
        reported: [
          ...names.map((scenario): Reported => [of, reportedName(proof, name, scenario)]),
          ...events.map(({ scenario }): Reported => [name, scenario]),
        ],
      };
    });
  });
}

/** The attempts of these classes alone; all else of the share stays in the policies, and is not proved. */
export function shareOfClasses(share: Share, classes: ReadonlySet<CheckClass>): Share {
  const proofs = share.proofs.map((one) => narrowedTo(one, classes));
  return { ...share, proofs, known: new Set(proofs.filter((one) => one.classes.every(isEmpty))) };
}

function narrowedTo(picked: PickedProof, wanted: ReadonlySet<CheckClass>): PickedProof {
  const { proof, classes } = picked;
  if (proof.kind === 'controls') return { proof, classes: classes.filter((one) => wanted.has(one.class)) };
  if (proof.kind === 'attempts') {
    return { proof, classes: classes.map((one) => (wanted.has(one.class) ? one : withScenarios(one, () => false))) };
  }
  return picked;
}

const isEmpty = (one: ScenarioClass): boolean => scenarioNames(one).length === 0;
