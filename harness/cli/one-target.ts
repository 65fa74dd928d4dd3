// SPDX-License-Identifier: Apache-2.0
import { UsageError } from '../model/errors.js';
import type { Target } from '../target.js';
import { namedTargets } from './architectures.js';
import type { CommonFlags } from './common-flags.js';

/**
 * The architecture of the kernels that flags name, for what is built for it.
 * @throws UsageError for more than one; `what` is built, as messages name it.
 */
export function oneTarget(flags: Pick<CommonFlags, 'arch' | 'kernel' | 'kernelImage'>, what: string): Target {
  const [first, ...more] = namedTargets(flags);
  if (more.length === 0) return first;
  const titles = [first, ...more].map(({ title }) => title).join(' and ');
  throw new UsageError({
    message: `${what} is built for one architecture, and kernels of ${titles} are asked`,
    next: 'name kernels of one of them',
  });
}
