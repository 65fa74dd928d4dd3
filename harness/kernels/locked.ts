// SPDX-License-Identifier: Apache-2.0
import { UsageError } from '../model/errors.js';
import { invocation } from '../model/invocation.js';
import { isUnsignedImage } from '../model/kernel.js';
import type { StoredEntry } from './cache/store.js';
import type { CatalogKernel } from './catalog.js';
import type { KernelContext } from './context.js';
import { otherThanLocked, readCachedKernel } from './fetch.js';
import type { LockEntry } from './lock.js';
import { providerOf } from './providers/index.js';
import type { Offer } from './providers/provider.js';

/** A version that is offered as it is locked, with other bytes: what, where, and both hashes. Null for none. */
export function changedBytes(offers: readonly Offer[], lock: LockEntry): string | null {
  for (const { candidate, source } of offers) {
    for (const { package: name, version, sha256 } of candidate.artifacts) {
      const locked = lock.artifacts.find((one) => one.package === name && one.version === version);
      if (locked === undefined || locked.sha256 === sha256) continue;
      const hashes = `SHA-256 ${sha256.slice(0, 12)} where the lock has ${locked.sha256.slice(0, 12)}`;
      return `CHANGED: ${name} ${version} of ${source.uri} is not the locked one: the same version, ${hashes}`;
    }
  }
  return null;
}

/** `; it has ...`, where an archive has the locked version by another image: signed after it was built, or not. */
export function otherImage(offers: readonly Offer[], lock: LockEntry): string {
  const same = offers.find(({ candidate }) => candidate.version === lock.version);
  const name = same?.candidate.artifacts[0].package;
  if (name === undefined || isUnsignedImage(name) === isUnsignedImage(lock.package)) return '';
  const [offered, locked] = isUnsignedImage(name) ? ['an unsigned', 'signed'] : ['a signed', 'unsigned'];
  return `; there is ${offered} image of the same version, ${name}, and the locked one is ${locked}`;
}

/**
 * Holds a kernel, whole and unpacked from the locked packages, against what the lock says besides.
 * @throws UsageError naming the lock and the entry in it.
 */
export function assertLocked(entry: StoredEntry, lock: LockEntry, kernel: CatalogKernel, context: KernelContext): void {
  const release = readCachedKernel(entry.about)?.release ?? '';
  const place = `${context.lockPath}: kernels.${kernel.id}`;
  const next = `write the entry anew: ${invocation} kernels update ${kernel.id}`;
  if (!providerOf(kernel.family).isOf(kernel, release, context)) {
    const message = `${place}: ${lock.package} holds ${release}, which is no kernel of ${kernel.id} in the catalog`;
    throw new UsageError({ message, next });
  }
  const fault = otherThanLocked(entry, lock.booted);
  if (fault !== null) {
    throw new UsageError({ message: `${place}.booted: ${fault}, though its packages are the locked ones`, next });
  }
}
