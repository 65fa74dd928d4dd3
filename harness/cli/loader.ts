// SPDX-License-Identifier: Apache-2.0
import { parseCapabilities } from '../config/values.js';
import { type Build, buildWithLibbpf, pinnedBuild } from '../config/libbpf.js';
import { packageRoot } from '../kernels/package-root.js';
import { type Capability, capabilityName } from '../model/capability.js';
import { namedTargets } from './architectures.js';
import type { CommonFlags } from './common-flags.js';
import { type LoaderFlags, withoutCapability } from './loader-flags.js';

/** Who loads, and what is to be reported about it. */
export interface Loader {
  readonly withoutCapabilities: readonly Capability[];
  readonly build: Build;
  readonly notices: readonly string[];
}

/** @throws UsageError for a name that no capability has, and for a libbpf that cannot be had. */
export async function loaderFromFlags(
  flags: LoaderFlags & Pick<CommonFlags, 'arch' | 'kernel' | 'kernelImage'>,
  signal: AbortSignal,
): Promise<Loader> {
  const { withoutCapability: texts, libbpf } = flags;
  const withoutCapabilities = parseCapabilities(withoutCapability, texts);
  const root = packageRoot();
  const options = { root, targets: namedTargets(flags), signal };
  const build = libbpf === undefined ? pinnedBuild(root) : await buildWithLibbpf(libbpf, options);
  return { withoutCapabilities, build, notices: capabilityNotices(withoutCapabilities) };
}

function capabilityNotices(names: readonly Capability[]): readonly string[] {
  if (names.length === 0) return [];
  const kept = names.includes('sys_admin') ? [] : names.filter((name) => ofSysAdmin.includes(name));
  return [
    `objects are loaded without ${names.map(capabilityName).join(', ')}`,
    ...kept.map((name) => `CAP_SYS_ADMIN stands for ${capabilityName(name)}: name sys_admin, too, to be without it`),
  ];
}

/** What bpf(2) takes CAP_SYS_ADMIN for, too. */
const ofSysAdmin: readonly Capability[] = ['net_admin', 'perfmon', 'bpf'];
