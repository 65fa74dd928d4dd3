// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import { defaultLsm } from '../boot/cmdline.js';
import { parseLsm } from '../config/values.js';
import { UsageError } from '../model/errors.js';
import type { KernelResolution } from '../model/kernel.js';
import { type LsmKernel, unknownLsms } from '../plan/lsm-names.js';
import type { KernelRequest } from '../run/matrix.js';
import type { CliContext } from './context.js';

const option = '--lsm';

/**
 * A name of --lsm that no kernel of the run knows would be passed over by each of them without a word. Names that a stock
 * kernel has are not looked for; for others every kernel is got hold of first, to look into its configuration.
 * @throws UsageError with the names that are near.
 */
export async function withKnownLsms(
  lsm: string | undefined,
  requests: readonly KernelRequest[],
  { stderr }: Pick<CliContext, 'stderr'>,
): Promise<readonly KernelRequest[]> {
  const stock = new Set<string>(defaultLsm);
  const names = lsm === undefined ? [] : parseLsm(option, lsm).filter((name) => !stock.has(name));
  if (names.length === 0) return requests;
  const early = requests.map((request) => ({ ...request, resolve: once(request, stderr) }));
  const answers = await Promise.allSettled(early.map(({ resolve }) => resolve()));
  const kernels = await Promise.all(
    answers.flatMap((answer) => (answer.status === 'fulfilled' ? [lsmKernel(answer.value)] : [])),
  );
  const found = kernels.flat();
  // Kernels that cannot be had say nothing, and the run says why.
  const unknown = found.length === 0 ? null : unknownLsms(names, found);
  if (unknown === null || unknown.unsure) return early;
  throw new UsageError({
    message: `${option}: no kernel of this run knows ${unknown.names.join(', ')}`,
    next: `did you mean ${unknown.near.join(', ')}`,
  });
}

/** Each kernel is got hold of once; what is said meanwhile is not yet part of any report. */
function once(request: KernelRequest, stderr: NodeJS.WriteStream): () => Promise<KernelResolution> {
  let resolution: Promise<KernelResolution> | undefined;
  return () => (resolution ??= request.resolve(({ text }) => stderr.write(`${request.id}: ${text}\n`)));
}

async function lsmKernel(kernel: KernelResolution): Promise<readonly LsmKernel[]> {
  if (kernel.status === 'unavailable') return [];
  const { config } = kernel.files;
  const isOwn = kernel.identity.source === 'file';
  return [{ config: config === null ? null : await readFile(config, 'utf8'), isOwn }];
}
