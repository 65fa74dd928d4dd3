// SPDX-License-Identifier: Apache-2.0
import {
  type Blame,
  type BlamedPlace,
  firstPlace,
  type KernelCosts,
  kernelCostsSchema,
  type KnownCost,
} from '../model/blame.js';
import { isExactCost, type ProgramCost } from '../model/cost.js';
import type { ManifestChange, ManifestDiff } from '../model/manifest.js';
import type { RanKernel, RunReport } from '../model/report.js';
import { statItem, withoutStat } from '../model/stat-limits.js';
import { blameGrowth } from './blame.js';
import { mayBeBaseline } from './manifest-of.js';

/** Lines of a program that a baseline has: the dearest. */
const keptLines = 8;

/** What a baseline has of the lines of programs that load; null where none was counted to the instruction. */
export function costsOf(kernel: RanKernel): KernelCosts | null {
  const programs = kernel.objects.flatMap(({ object, programs: all }) =>
    all.filter(({ load }) => load.kind === 'loaded').map(({ name: program, cost }) => ({ object, program, cost })),
  );
  const known = programs.flatMap(({ object, program, cost }) =>
    cost !== undefined && isExactCost(cost) ? [{ object, program, ...knownCost(cost) }] : [],
  );
  return known.length === 0 ? null : { schema: kernelCostsSchema, kernel: kernel.id, programs: known };
}

function knownCost({ counted, lines }: ProgramCost): KnownCost {
  const kept = lines.slice(0, keptLines).map(({ function: name, file, line, text, visits }) => {
    return { function: name, file, line, text, visits };
  });
  return { insns: counted, lines: kept, unnamed: lines[keptLines]?.visits ?? 0 };
}

/** Regressions with the lines that they are put down to, where those were counted then and now. */
export function withBlame(
  { kernels }: RunReport,
  diffs: readonly ManifestDiff[],
  costs: readonly KernelCosts[],
): readonly ManifestDiff[] {
  return diffs.map((diff) => {
    const kernel = kernels.find(({ id }) => id === diff.kernel);
    const known = costs.find((one) => one.kernel === diff.kernel);
    if (kernel === undefined || !mayBeBaseline(kernel)) return diff;
    const changes = diff.changes.map((change) => {
      const blame = change.kind === 'VERIFIER_REGRESSION' ? blameOf(change, kernel, known) : null;
      return blame === null ? change : { ...change, blame };
    });
    return { ...diff, changes };
  });
}

/** Of states there is no line. Lines of another baseline than the manifest are none. */
function blameOf(
  { item, before: insns }: ManifestChange,
  { objects }: RanKernel,
  known: KernelCosts | undefined,
): Blame | null {
  for (const { object, programs } of objects) {
    for (const { name, cost } of programs) {
      if (cost === undefined || item !== statItem(`${object}/${name}`, 'insns')) continue;
      const before = known?.programs.find((one) => one.object === object && one.program === name);
      return before === undefined || String(before.insns) !== insns ? null : blameGrowth(before, cost);
    }
  }
  return null;
}

/** The lines that the regressions of a kernel are put down to: the first of each. */
export function blamedPlaces({ kernel, changes }: Pick<ManifestDiff, 'kernel' | 'changes'>): readonly BlamedPlace[] {
  return changes.flatMap(({ item, blame }) => {
    const first = firstPlace(blame);
    return first === null ? [] : [{ kernel, item: withoutStat(item), ...first }];
  });
}
