import type { KernelId } from '../model/kernel.js';
import type { ManifestProgram } from '../model/manifest.js';

/** One number of the verifier on one kernel, beside the baseline's. */
export interface StatCell {
  readonly kernel: KernelId;
  readonly base: number | null;
  readonly now: number | null;
}

export interface StatRow {
  readonly item: string;
  readonly cells: readonly StatCell[];
  /** The kernel on which the number is far from what it is on the others. */
  readonly outliers: readonly KernelId[];
}

export type StatName = 'insns' | 'totalStates' | 'stackDepth';

/** One side of a comparison: the programs of one kernel by `object/program`. */
export interface KernelPrograms {
  readonly kernel: KernelId;
  readonly base: ReadonlyMap<string, ManifestProgram> | null;
  readonly now: ReadonlyMap<string, ManifestProgram>;
}

/** A row a program, a cell a kernel. */
export function statRows(kernels: readonly KernelPrograms[], stat: StatName): readonly StatRow[] {
  const items = new Set(kernels.flatMap(({ now }) => [...now.keys()]));
  return [...items].map((item) => {
    const cells = kernels.map(({ kernel, base, now }) => ({
      kernel,
      base: base?.get(item)?.stats?.[stat] ?? null,
      now: now.get(item)?.stats?.[stat] ?? null,
    }));
    return { item, cells, outliers: outliersOf(cells) };
  });
}

/** So many times as much as, or less than, the median of the kernels is an outlier; two kernels have no median. */
const far = 2;

function outliersOf(cells: readonly StatCell[]): readonly KernelId[] {
  const known = cells.flatMap(({ kernel, now }) => (now === null ? [] : [{ kernel, now }]));
  const sorted = known.map(({ now }) => now).sort((a, b) => a - b);
  const median = sorted[Math.floor((sorted.length - 1) / 2)];
  if (sorted.length < 3 || median === undefined) return [];
  return known.filter(({ now }) => now > median * far || now * far < median).map(({ kernel }) => kernel);
}
