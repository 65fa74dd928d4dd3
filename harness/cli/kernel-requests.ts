// SPDX-License-Identifier: Apache-2.0
import { parseKernelImage } from '../config/values.js';
import {
  catalogKernel,
  type KernelContext,
  localKernel,
  resolveKernel,
  selectCatalogKernels,
} from '../kernels/index.js';
import type { KernelId } from '../model/kernel.js';
import { UsageError } from '../model/errors.js';
import type { KernelRequest } from '../run/matrix.js';
import type { Target } from '../target.js';
import { targetsOf } from './architectures.js';
import type { CommonFlags } from './common-flags.js';
import type { CliContext } from './context.js';
import { withKnownLsms } from './lsm-check.js';

/** Flags that choose kernels, and what is asked of all of them. */
type KernelFlags = Pick<CommonFlags, 'arch' | 'kernel' | 'kernelImage' | 'frozen' | 'lsm'>;

/** `target`: the architecture of what is put into their guests, where that is known. */
type KernelRequestContext = Pick<CliContext, 'signal' | 'stderr'> & { readonly target?: Target | null };

/** Those of the kernels that flags name that are among these; null takes all of them. Throws UsageError for none. */
export async function kernelRequestsAmong(
  among: ReadonlySet<KernelId> | null,
  flags: KernelFlags,
  context: KernelContext,
  cli: KernelRequestContext,
): Promise<readonly KernelRequest[]> {
  const requests = await kernelRequests(flags, context, cli);
  if (among === null) return requests;
  const kept = requests.filter(({ id }) => among.has(id));
  if (kept.length > 0) return kept;
  throw new UsageError({
    message: `--last-failed: ${[...among].join(', ')} failed, and --kernel names none of these`,
    next: 'leave one of the two out',
  });
}

/**
 * Turns --kernel and --kernel-image into requests. An image gives its id a file, in place of the catalog's package
 * where the catalog has that id too. Files are checked here, before anything boots.
 */
export async function kernelRequests(
  flags: KernelFlags,
  context: KernelContext,
  cli: KernelRequestContext,
): Promise<readonly KernelRequest[]> {
  const { signal, target = null } = cli;
  const images = (flags.kernelImage ?? []).map((text) => parseKernelImage('--kernel-image', text));
  const twice = images.find(({ id }, index) => images.findIndex((other) => other.id === id) !== index);
  if (twice !== undefined) {
    throw new UsageError({
      message: `--kernel-image names ${twice.id} twice`,
      next: 'give each kernel an ID of its own',
    });
  }
  const local = new Map(await Promise.all(images.map(async (image) => [image.id, await localKernel(image)] as const)));
  const words = flags.kernel ?? [...local.keys()];
  const ids = new Set([
    ...selectCatalogKernels(words, context.catalog, [...local.keys()], targetsOf(flags, target)),
    ...local.keys(),
  ]);
  const requests = [...ids].map((id): KernelRequest => {
    const kernel = local.get(id);
    if (kernel !== undefined) return { id, source: 'file', resolve: () => Promise.resolve(kernel) };
    return {
      id,
      source: catalogKernel(context.catalog, id).family,
      resolve: (onProgress) => resolveKernel(id, context, { frozen: flags.frozen ?? false, signal, onProgress }),
    };
  });
  return withKnownLsms(flags.lsm, requests, cli);
}
