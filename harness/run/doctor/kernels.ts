// SPDX-License-Identifier: Apache-2.0
import { cachedKernel, catalogKernel, type KernelContext, type KernelRow, newestOffered } from '../../kernels/index.js';
import type { HostCheck } from '../../model/doctor.js';
import type { ReadyKernel } from '../../model/kernel.js';

/** A kernel that could be booted without asking anybody; null where none is in the cache, whole and locked. */
export async function anyCached(rows: readonly KernelRow[], context: KernelContext): Promise<ReadyKernel | null> {
  for (const { id } of rows.filter(({ cached }) => cached)) {
    const kernel = await cachedKernel(id, context);
    if (kernel !== null) return kernel;
  }
  return null;
}

/** Is it here, and does an archive have it. Only indexes are read. */
export async function kernelCheck(
  { id, cached, version, source }: KernelRow,
  context: KernelContext,
  signal: AbortSignal,
): Promise<HostCheck> {
  const name = `kernel ${id}`;
  const found = await newestOffered(catalogKernel(context.catalog, id), context, signal);
  const here = cached ? `${version ?? ''} in the cache` : null;
  if (!('status' in found)) {
    const offered = `${source} offers ${found.candidate.version}`;
    return { name, state: 'ok', detail: here === null ? offered : `${here}; ${offered}`, next: null };
  }
  const why = `${found.reason}: ${found.detail}`;
  if (here !== null) return { name, state: 'ok', detail: `${here}; no archive is needed (${why})`, next: null };
  return { name, state: 'missing', detail: why, next: found.next };
}
