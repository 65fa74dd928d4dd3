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

/** include/linux/errno.h. */
const ENOTSUPP = 524;

/** Kinds of programs that are called from a function of the kernel, by a trampoline that its first instruction calls. */
const byTrampoline = /^\??(?:lsm|lsm\.s|fentry|fentry\.s|fexit|fexit\.s|fmod_ret|fmod_ret\.s)\//;

/** Why a program that loads cannot be attached to any function of a kernel. */
export function directCallsCause({ errno, section, directCalls, release, machine }: CauseCase): Cause | null {
  if (errno !== ENOTSUPP || directCalls !== 'n' || !byTrampoline.test(section)) return null;
  return {
    id: 'no-direct-calls',
    explanation: `The program loads, and ${release} (${machine}) was built without CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS: no program can be attached to a function of this kernel, and each LSM hook is one. That \`bpf\` is in its LSM list does not change it.`,
    hint: 'Attach before saying that anything is enforced, and fall back to tracepoints or refuse to start where that fails with ENOTSUPP. The page says which kernels have direct calls.',
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
