// SPDX-License-Identifier: Apache-2.0
import type { KernelSymbol } from '../model/evidence.js';
import type { Cause, CauseCase } from './causes-case.js';
import { errnoName } from '../model/errno.js';
import { nearestNames } from '../model/near-names.js';

/** Why a probe could not be put on a function, from what the running kernel knows of it. */
export function probeCause({ symbol, errno }: CauseCase): Cause | null {
  if (symbol === null) return null;
  const found = whereabouts(symbol, errnoName(errno));
  if (found === null) return null;
  const near = nearestNames(symbol.name, symbol.near);
  return {
    id: 'probe-target',
    explanation: `${found}${near.length === 0 ? '' : ` The nearest names that it has: ${near.join(', ')}.`}`,
    hint: 'Probe a function that all kernels have, or a tracepoint; or make the program optional with SEC("?...") and choose in the loader, by what /proc/kallsyms has.',
  };
}

const isCode = (type: string): boolean => /^[tTwW]$/.test(type);

function whereabouts(symbol: KernelSymbol, errno: string): string | null {
  const { name, symbols, traceable, blacklisted, inBtf } = symbol;
  const own = symbols.filter((one) => one.name === name && isCode(one.type));
  const made = [...new Set(symbols.filter((one) => one.name !== name).map((one) => one.name))];
  if (own.length > 1)
    return `This kernel has ${own.length} functions of the name ${name}: a probe cannot tell which is meant.`;
  if (own.length === 1) {
    if (blacklisted === true) return `This kernel has ${name}, and keeps kprobes away from it.`;
    return traceable === false
      ? `This kernel has ${name} in /proc/kallsyms, and it is not a place to probe: it is not in available_filter_functions of tracefs, and a kprobe at its beginning is refused (${errno}).`
      : null;
  }
  if (made.length > 0)
    return `This kernel has no function ${name} of its own: the compiler left ${made.slice(0, 3).join(', ')}.`;
  return inBtf === true
    ? `${name} is in this kernel's BTF and has no symbol of its own: the compiler has put it into its callers.`
    : `This kernel has no function ${name}: it is not in /proc/kallsyms. It may have been renamed, taken away, or put into its callers by the compiler.`;
}
