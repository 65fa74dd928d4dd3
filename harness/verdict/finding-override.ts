// SPDX-License-Identifier: Apache-2.0
import type { FailedCheck } from '../model/check.js';
import { groupedBy } from '../model/grouped-by.js';
import { type Failed, isSameScenario } from './finding-facts.js';
import { type Pool, type Root, rootOf } from './finding-roots.js';

/*
 * Where the override shows something else than a machine without the BPF LSM does, one of the two is wrong. What fails on
 * the override alone is the override's fault; what fails without the LSM is no fault of the override.
 */

/** `real`: what failed on the machine without the BPF LSM. */
export function overrideRoots(pool: Pool, real: readonly FailedCheck[]): readonly Root[] {
  const unlike = pool.take(({ check }) => isInfidelity(check) && !real.some((one) => isSameScenario(one, check)));
  return groupedBy(unlike, ({ check }) => check.outcome.actual).map((shown) => {
    const caused = pool.take(({ check }) => shown.some((one) => isSameScenario(one.check, check)));
    const [first] = shown;
    const subject = { kind: 'attempts', all: true, symptom: first?.check.outcome.actual ?? null } as const;
    return rootOf({ code: 'SEAM_INFIDELITY', subject, hooks: [], rule: null, shown }, caused);
  });
}

/** What fails without the LSM as well, or in another way: it follows from what is wrong there. */
export function overrideEchoes(pool: Pool): readonly Failed[] {
  return pool.take(({ check }) => isInfidelity(check));
}

function isInfidelity({ outcome }: FailedCheck): boolean {
  return outcome.code === 'SEAM_INFIDELITY';
}
