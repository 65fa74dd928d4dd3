// SPDX-License-Identifier: Apache-2.0
import { UsageError } from '../model/errors.js';
import { invocation } from '../model/invocation.js';
import { type CheckClass, checkClasses } from '../model/check.js';

/** Which scenarios are run; loading is judged in any case. */
export type Only = ReadonlySet<CheckClass> | 'all' | 'none';

/** Words of `--only`, with commas or repeated; `load` alone means no scenarios at all. */
export function parseOnly(option: string, texts: readonly string[] | undefined): Only {
  if (texts === undefined) return 'all';
  const words = texts.flatMap((text) => text.split(',')).map((word) => word.trim());
  const unknown = words.find((word) => word !== 'load' && !isClass(word));
  if (unknown !== undefined) {
    throw new UsageError({
      message: `${option} takes ${checkClasses.join(', ')} or load, not '${unknown}'`,
      next: `${invocation} scenarios list shows what is in each`,
    });
  }
  if (!words.includes('load')) return new Set(words.filter(isClass));
  if (words.every((word) => word === 'load')) return 'none';
  throw new UsageError({
    message: `${option} load means no scenarios, and ${words.filter(isClass).join(', ')} are some`,
    next: 'leave load out; objects are loaded in any case',
  });
}

function isClass(word: string): word is CheckClass {
  const known: readonly string[] = checkClasses;
  return known.includes(word);
}
