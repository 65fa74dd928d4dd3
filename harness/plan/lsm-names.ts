// SPDX-License-Identifier: Apache-2.0
import { nearestNames } from '../model/near-names.js';

/** The option behind each security module that a kernel of kernel.org may have; null is always there. */
const optionOf: Readonly<Record<string, string | null>> = {
  capability: null,
  apparmor: 'SECURITY_APPARMOR',
  bpf: 'BPF_LSM',
  evm: 'EVM',
  ima: 'IMA',
  integrity: 'INTEGRITY',
  ipe: 'SECURITY_IPE',
  landlock: 'SECURITY_LANDLOCK',
  loadpin: 'SECURITY_LOADPIN',
  lockdown: 'SECURITY_LOCKDOWN_LSM',
  safesetid: 'SECURITY_SAFESETID',
  selinux: 'SECURITY_SELINUX',
  smack: 'SECURITY_SMACK',
  tomoyo: 'SECURITY_TOMOYO',
  yama: 'SECURITY_YAMA',
};

/** A kernel of a run, as far as it says which security modules it has. */
export interface LsmKernel {
  /** Its build configuration; null when that is unknown. */
  readonly config: string | null;
  /** A kernel file of the user's, which may have modules of its own. */
  readonly isOwn: boolean;
}

/** Names that no kernel of the run knows. `unsure`: a kernel file without a configuration may have them. */
export interface UnknownLsms {
  readonly names: readonly string[];
  readonly unsure: boolean;
  /** For each name those that it may have been meant to be; all that there are where none is near. */
  readonly near: readonly string[];
}

/** Looks in the configurations of the kernels for the names of --lsm; null when each is known to one of them. */
export function unknownLsms(names: readonly string[], kernels: readonly LsmKernel[]): UnknownLsms | null {
  const known = new Set(kernels.flatMap(lsmsOf));
  const unknown = names.filter((name) => !known.has(name));
  if (unknown.length === 0) return null;
  const near = unknown.flatMap((name) => nearestNames(name, [...known]));
  return {
    names: unknown,
    unsure: kernels.some(({ config, isOwn }) => isOwn && config === null),
    near: near.length > 0 ? [...new Set(near)] : [...known].sort(),
  };
}

/** A stock kernel whose configuration is unknown is taken to have whatever a kernel of kernel.org may have. */
function lsmsOf({ config, isOwn }: LsmKernel): readonly string[] {
  if (config === null) return Object.keys(optionOf);
  const set = new Set([...config.matchAll(/^CONFIG_(\w+)=y$/gm)].map((match) => match[1] ?? ''));
  const stock = Object.entries(optionOf).flatMap(([name, option]) =>
    option === null || set.has(option) ? [name] : [],
  );
  const own = [...set].flatMap((option) => (isOwn ? (/^SECURITY_(\w+)$/.exec(option)?.slice(1, 2) ?? []) : []));
  return [...stock, ...own.map((name) => name.toLowerCase())];
}
