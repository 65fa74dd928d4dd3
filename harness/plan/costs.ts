// SPDX-License-Identifier: Apache-2.0
import { assertNever } from '../model/assert-never.js';
import type { CostPolicy } from '../model/cost.js';
import type { ObjectEvidence, ProgramEvidence } from '../model/evidence.js';
import type { KernelId } from '../model/kernel.js';
import { isRegression, limitOf } from '../model/stat-limits.js';

/** Programs of the objects, in their order, of which it is to be counted what the verifier spends on each line. */
export function programsToCount(
  policy: CostPolicy,
  kernel: KernelId,
  objects: readonly ObjectEvidence[],
): readonly (readonly string[])[] {
  switch (policy.kind) {
    case 'none':
      return objects.map(() => []);
    case 'all':
      return objects.map((object) => counted(object).map(({ program }) => program));
    case 'grown-from-first':
      return grownFromFirst(policy, objects);
    case 'grown-from-baseline':
      return objects.map((object) => grownFromBaseline(policy, kernel, object));
    default:
      return assertNever(policy);
  }
}

type Policy<K extends CostPolicy['kind']> = Extract<CostPolicy, { kind: K }>;

/** Programs that came to the verifier. */
function counted({ programs }: ObjectEvidence): readonly ProgramEvidence[] {
  return programs.filter(({ stats }) => stats?.insns != null);
}

/** A program that grew in any object is counted in the first one and in those in which it grew. */
function grownFromFirst(
  { limits }: Policy<'grown-from-first'>,
  [first, ...others]: readonly ObjectEvidence[],
): readonly (readonly string[])[] {
  if (first === undefined) return [];
  const before = insnsByName(first);
  const grown = others.map((object) =>
    [...insnsByName(object)].flatMap(([program, now]) => {
      const old = before.get(program);
      return old !== undefined && isRegression(old, now, limitOf(limits, program, 'insns')) ? [program] : [];
    }),
  );
  return [[...new Set(grown.flat())], ...grown];
}

function grownFromBaseline(
  { limits, baseline }: Policy<'grown-from-baseline'>,
  kernel: KernelId,
  object: ObjectEvidence,
): readonly string[] {
  const now = insnsByName(object);
  return baseline
    .filter((known) => known.kernel === kernel && known.object === object.object)
    .filter(({ program, insns }) => isRegression(insns, now.get(program) ?? 0, limitOf(limits, program, 'insns')))
    .map(({ program }) => program);
}

/** Of those that load. */
function insnsByName(object: ObjectEvidence): ReadonlyMap<string, number> {
  const loaded = counted(object).filter(({ stage, errno }) => stage === 'done' && errno === 0);
  return new Map(loaded.map(({ program, stats }) => [program, stats?.insns ?? 0]));
}
