// SPDX-License-Identifier: Apache-2.0
import { isArchitecture } from '../target.js';
import type { KernelId } from './kernel.js';

/** A kernel of the catalog as it is named: `6.8`, or `6.8/aws` for another flavour of it. */
export interface KernelName {
  /** An id of the catalog. */
  readonly base: KernelId;
  /** Null: the one that the catalog takes. */
  readonly flavour: string | null;
}

/** Asks for kernels of every flavour; no name of one. */
export const everyFlavour = '*';

/**
 * Takes `ID[/FLAVOUR]` apart. What is wrong with it is returned as one clause. The names of architectures are kept for
 * `ID/ARCHITECTURE[/FLAVOUR]`.
 */
export function kernelName(text: string): KernelName | string {
  const [base = '', flavour, ...more] = text.split('/');
  if (flavour === undefined) return { base, flavour: null };
  if (isArchitecture(flavour)) return `${flavour} is an architecture; guests have that of this host`;
  if (more.length > 0) return 'there is more than one flavour';
  return /^[a-z][a-z0-9._-]*$/.test(flavour) ? { base, flavour } : `'${flavour}' is no name of a flavour`;
}
