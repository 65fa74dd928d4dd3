// SPDX-License-Identifier: Apache-2.0
import { isFresh } from '../config/values.js';
import { UsageError } from '../model/errors.js';
import type { ReuseMode } from '../run/reuse/proved-store.js';
import { denialClasses } from '../scenarios/classes/index.js';
import type { CommonFlags } from './common-flags.js';

/**
 * What is taken from earlier runs. Classes can be named whose attempts can be made without the rest of their session;
 * whatever else a class has is asked with everything.
 * @throws UsageError for a word that is none of them.
 */
export function reuseMode({ fresh }: Pick<CommonFlags, 'fresh'>, env: NodeJS.ProcessEnv): ReuseMode {
  if (fresh === undefined) return isFresh(env) ? 'renew' : 'use';
  if (fresh === true) return 'renew';
  const words = fresh.split(',').map((word) => word.trim());
  const known = denialClasses.map((one) => one.class);
  const unknown = words.find((word) => !known.some((name) => name === word));
  if (unknown === undefined) return new Set(known.filter((name) => words.includes(name)));
  throw new UsageError({
    message: `--fresh takes ${known.join(', ')}, or nothing, not '${unknown}'`,
    next: '--fresh alone asks everything anew',
  });
}
