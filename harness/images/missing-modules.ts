// SPDX-License-Identifier: Apache-2.0
import { archiveVariable, modulePackages } from '../kernels/families.js';
import { InfraError } from '../model/errors.js';
import { invocation } from '../model/invocation.js';
import type { KernelIdentity } from '../model/kernel.js';

/** Which package has the modules that a guest cannot do without, and what to do about it. */
export function howToGetModules({ id, source, release }: KernelIdentity): string {
  if (source === 'file') {
    const where = 'linux-modules-RELEASE or linux-image-RELEASE has them, below lib/modules';
    return `Give its modules: --kernel-image ${id}=FILE,modules=DIR (${where}), or build virtio-pci and virtio-console in.`;
  }
  const packages = modulePackages(source, release ?? 'RELEASE').join(' and ');
  const elsewhere = `set ${archiveVariable(source, 'Archive')} to an archive that has them`;
  const other = `take a version that comes with its modules by \`${invocation} kernels update ${id}\``;
  return `Its modules are in ${packages}: ${elsewhere}, or ${other}.`;
}

/**
 * What to say of a guest that did not find its port, where nothing was known of the drivers: they are modules, and not
 * there. Any other error is as it was.
 */
export function withMissingModules(error: unknown, identity: KernelIdentity, assumed: readonly string[]): unknown {
  if (!(error instanceof InfraError) || error.infra !== 'GUEST_SETUP' || assumed.length === 0) return error;
  return new InfraError('GUEST_SETUP', {
    message: `${error.message}: ${assumed.join(' and ')}: not built in after all, and the kernel came without its modules`,
    next: howToGetModules(identity),
    cause: error,
  });
}
