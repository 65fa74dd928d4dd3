// SPDX-License-Identifier: Apache-2.0
import type { Target } from '../target.js';
import type { KernelId } from './kernel.js';
import { kernelTarget } from './kernel-name.js';

/** What may be for kernels of one architecture, by its name (target.ts); what names none is for all. */
interface Bound {
  readonly architecture?: string;
}

/** The identity of something that may have been built for several architectures, a file for each. */
interface Identity<B extends Bound> extends Bound {
  readonly builds?: readonly B[];
}

export function isFor({ architecture }: Bound, target: Target): boolean {
  return architecture === undefined || architecture === target.name;
}

/** What a kernel was given of it; null where none of its builds is for the kernel's architecture. */
export function identityOn<B extends Bound, T extends Identity<B>>(identity: T, kernel: KernelId): T | null {
  const target = kernelTarget(kernel);
  const { builds = [], ...first } = identity;
  const own = isFor(identity, target) ? first : builds.find((build) => isFor(build, target));
  return own === undefined ? null : ({ ...first, ...own } as T);
}

/** Every build of it, each as an identity of its own; `named`: its architecture, where there is more than one. */
export function eachBuild<B extends Bound, T extends Identity<B>>(
  identity: T,
): readonly { readonly build: T; readonly named: string | null }[] {
  const { builds = [], ...first } = identity;
  return [first, ...builds].map((build) => {
    const named = builds.length === 0 ? null : (build.architecture ?? null);
    return { build: { ...first, ...build } as unknown as T, named };
  });
}

/** One identity for all that have a key in common, in the order of the first of each. */
export function joinedBuilds<B extends Bound, T extends Identity<B>>(
  all: readonly T[],
  keyOf: (one: T) => string,
  buildOf: (one: T, architecture: string) => B,
): readonly T[] {
  const groups = new Map<string, readonly T[]>();
  for (const one of all) groups.set(keyOf(one), [...(groups.get(keyOf(one)) ?? []), one]);
  return [...groups.values()].flatMap(([first, ...others]) => {
    if (first === undefined) return [];
    const builds = others.flatMap((one) => (one.architecture === undefined ? [] : [buildOf(one, one.architecture)]));
    return [builds.length === 0 ? first : { ...first, builds }];
  });
}
