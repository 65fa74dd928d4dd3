// SPDX-License-Identifier: Apache-2.0
import { isArchitecture, type Target, targetNamed, targetNames, unnamedTarget } from '../target.js';
import type { KernelId } from './kernel.js';

/** A kernel of the catalog as it is named: `6.8`, `6.8/aws` for another flavour of it, `6.12/arm64` for another architecture. */
export interface KernelName {
  /** An id of the catalog. */
  readonly base: KernelId;
  /** Null: none is named. */
  readonly target: Target | null;
  /** Null: the one that the catalog takes. */
  readonly flavour: string | null;
}

/** Asks for kernels of every flavour; no name of one. */
export const everyFlavour = '*';

/** Takes `ID[/ARCHITECTURE][/FLAVOUR]` apart. What is wrong with it is returned as one clause. */
export function kernelName(text: string): KernelName | string {
  const [base = '', ...parts] = text.split('/');
  const target = targetNamed(parts[0] ?? '');
  const [flavour = null, ...more] = target === null ? parts : parts.slice(1);
  if (flavour === null) return { base, target, flavour };
  if (isArchitecture(flavour)) return `${flavour} is an architecture; guests are ${targetNames.join(' or ')}`;
  const late = targetNamed(more[0] ?? '');
  if (late !== null)
    return `${late.name} is an architecture, which comes before the flavour: ${[base, late.name, flavour].join('/')}`;
  if (more.length > 0) return 'there is more than one flavour';
  return /^[a-z][a-z0-9._-]*$/.test(flavour) ? { base, target, flavour } : `'${flavour}' is no name of a flavour`;
}

/** The id of a kernel: one name for each. The first architecture of the table is not named. */
export function kernelIdOf({ base, target, flavour }: KernelName): KernelId {
  const architecture = target === null || target === unnamedTarget ? [] : [target.name];
  return [base, ...architecture, ...(flavour === null ? [] : [flavour])].join('/');
}

/** The architecture of a kernel, and of everything that is put into its guests. */
export function kernelTarget(id: KernelId): Target {
  return targetNamed(id.split('/')[1] ?? '') ?? unnamedTarget;
}
