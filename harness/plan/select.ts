// SPDX-License-Identifier: Apache-2.0
import { UsageError } from '../model/errors.js';
import { invocation } from '../model/invocation.js';
import type { KernelId } from '../model/kernel.js';
import { kernelIdOf, kernelName } from '../model/kernel-name.js';
import type { Target } from '../target.js';

/** As much of the catalog as selecting needs. */
export interface SelectableKernel {
  readonly id: KernelId;
  readonly tier: 'default' | 'extended';
  /** Names of those that it is there for. */
  readonly architectures: readonly string[];
}

/** What there is to choose from. */
export interface Selectable {
  readonly catalog: readonly SelectableKernel[];
  /** Ids that files of the user's own have been given; they can be named too, and are not part of `all`. */
  readonly local: readonly KernelId[];
  /** What is meant where no architecture is named. */
  readonly targets: readonly Target[];
}

/**
 * The kernels that `--kernel` words name: ids, `ID/FLAVOUR`, `default` and `all`, each word a list with commas. Nothing said is
 * `default`; `ID/ARCHITECTURE` names one of another architecture. The result keeps the order of the words, groups in catalog
 * order, each kernel once. A group has a kernel for each architecture that it is there for.
 * @throws UsageError for an unknown id, with the nearest known ones, and for words that name nothing.
 */
export function selectKernels(words: readonly string[], selectable: Selectable): KernelId[] {
  const names = words.length === 0 ? ['default'] : words.flatMap((word) => word.split(',')).map((name) => name.trim());
  const wanted = names.filter((name) => name !== '');
  if (wanted.length === 0) {
    throw new UsageError({ message: '--kernel names no kernel', next: 'Give ids with commas, `default` or `all`.' });
  }
  const ids = [...new Set(wanted.flatMap((name) => expand(name, selectable)))];
  if (ids.length === 0)
    throw new UsageError({
      message: `--kernel ${wanted.join(',')}: the catalog has none of these`,
      next: 'kernels list shows what it has',
    });
  return ids;
}

function expand(name: string, { catalog, local, targets }: Selectable): readonly KernelId[] {
  if (name === 'all') return inEach(catalog, targets);
  const known = [...catalog.map((kernel) => kernel.id), ...local];
  if (name === 'default') {
    return inEach(
      catalog.filter((kernel) => kernel.tier === 'default'),
      targets,
    );
  }
  if (local.includes(name)) return [name];
  const parts = kernelName(name);
  if (typeof parts === 'string') throw noKernel(name, parts);
  const ids = (parts.target === null ? targets : [parts.target]).map((target) => kernelIdOf({ ...parts, target }));
  if (catalog.some(({ id }) => id === parts.base) || ids.every((id) => local.includes(id))) return ids;
  throw noKernel(name, `nearest: ${threeNearest(parts.base, known).join(', ')}`);
}

/** Beside each other those of one kernel. */
function inEach(kernels: readonly SelectableKernel[], targets: readonly Target[]): readonly KernelId[] {
  return kernels.flatMap(({ id, architectures }) =>
    targets
      .filter(({ name }) => architectures.includes(name))
      .map((target) => kernelIdOf({ base: id, target, flavour: null })),
  );
}

function noKernel(name: string, why: string): UsageError {
  return new UsageError({
    message: `no kernel ${name}; ${why}`,
    next: `See \`${invocation} kernels list\`, or bring a kernel of your own with --kernel-image ID=FILE.`,
  });
}

/** The three names that take the fewest edits to reach, those that come first among equals. */
export function threeNearest(name: string, known: readonly string[]): string[] {
  return [...known]
    .map((id) => ({ id, distance: editDistance(name, id) }))
    .sort((a, b) => a.distance - b.distance)
    .slice(0, 3)
    .map(({ id }) => id);
}

/** Levenshtein distance, one row at a time. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
