// SPDX-License-Identifier: Apache-2.0
import type { UnavailableKernel } from '../model/kernel.js';
import type { CatalogKernel } from './catalog.js';
import type { KernelContext } from './context.js';
import { providerOf } from './providers/index.js';
import type { Answer, Offer } from './providers/provider.js';
import { ToolMissingError } from './tool.js';
import { toolMissing } from './unavailable.js';
import { whyNot } from './why-not.js';

/**
 * What the first archive has of a kernel's series that has any and could be read whole, newest first and at least one; only
 * indexes are read. `onStep`: who is waited for.
 */
export async function offersOf(
  kernel: CatalogKernel,
  context: KernelContext,
  signal?: AbortSignal,
  onStep: (text: string) => void = () => undefined,
): Promise<readonly [Offer, ...Offer[]] | UnavailableKernel> {
  const answers: Answer<Offer>[] = [];
  const tried: string[] = [];
  const options = { snapshotDate: null, onNotice: (text: string) => tried.push(text), onStep, signal };
  try {
    for await (const answer of providerOf(kernel.family).list(kernel, context, options)) {
      answers.push(answer);
      tried.push(...answer.tried);
      const [newest, ...rest] = answer.offers;
      // A suite that could not be read may hold a newer one.
      if (newest && answer.failures.every((kind) => kind === 'absent')) return [newest, ...rest];
    }
  } catch (error) {
    if (error instanceof ToolMissingError) return toolMissing(kernel, error, tried);
    throw error;
  }
  return whyNot(kernel, answers, [], tried);
}
