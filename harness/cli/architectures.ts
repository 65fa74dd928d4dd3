// SPDX-License-Identifier: Apache-2.0
import { parseArchitectures } from '../config/values.js';
import { UsageError } from '../model/errors.js';
import type { KernelId } from '../model/kernel.js';
import { kernelName, kernelTarget } from '../model/kernel-name.js';
import { hostTarget, type Target } from '../target.js';
import type { CommonFlags } from './common-flags.js';

type ArchitectureFlags = Pick<CommonFlags, 'arch' | 'kernel'>;

/** What is meant by kernels that name no architecture: what --arch says, else `own`. */
export function targetsOf({ arch }: Pick<CommonFlags, 'arch'>, own: Target | null): readonly Target[] {
  return arch === undefined ? [own ?? hostTarget] : parseArchitectures('--arch', arch);
}

/**
 * The architecture of the programs that are to be put into guests, for what is built for each of them: the one that --arch
 * or the kernels name, the host's where nothing does.
 * @throws UsageError for more than one: a program is built for one.
 */
export function onlyTarget(flags: ArchitectureFlags, what: string): Target {
  const { first, more } = namedTargets(flags);
  if (more.length === 0) return first;
  const titles = [first, ...more].map(({ title }) => title).join(' and ');
  throw new UsageError({
    message: `${what} is built for one architecture, and kernels of ${titles} are asked`,
    next: 'one run for each, or --only load, which needs no agent',
  });
}

/** Those of the kernels that flags name, in their order; what is put into them has no part in it. */
export function namedTargets(flags: ArchitectureFlags): { readonly first: Target; readonly more: readonly Target[] } {
  const words = (flags.kernel ?? []).flatMap((word) => word.split(','));
  const named = words
    .map((word) => kernelName(word.trim()))
    .map((name) => (typeof name === 'string' ? null : name.target));
  const targets = new Set(named.flatMap((target) => (target === null ? targetsOf(flags, null) : [target])));
  const [first = hostTarget, ...more] = targets.size > 0 ? targets : targetsOf(flags, null);
  return { first, more };
}

/** What is put into guests, as messages name it, and its architecture. */
export interface BoundProgram {
  readonly title: string;
  readonly target: Target;
}

/** @throws UsageError where a program is for another architecture than one of the kernels; null is for any. */
export function assertRunsOn(program: BoundProgram | null, kernels: readonly KernelId[]): void {
  if (program === null) return;
  const { title, target } = program;
  const other = kernels.find((kernel) => kernelTarget(kernel) !== target);
  if (other === undefined) return;
  throw new UsageError({
    message: `${title} is built for ${target.title}, and kernel ${other} is ${kernelTarget(other).title}`,
    next: `name kernels of ${target.title} (--arch ${target.name}), or what is built for ${kernelTarget(other).title}`,
  });
}
