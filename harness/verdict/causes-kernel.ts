// SPDX-License-Identifier: Apache-2.0
import { nearestNames } from '../model/near-names.js';
import type { KernelType } from '../model/evidence.js';
import type { Cause, CauseCase } from './causes-case.js';
import { helperAge, kfuncSince, isOlderThan, programTypeAge, sinceRelease } from './kernel-additions.js';
import { sleepingHelper } from './causes-sleep.js';
import { nearestHooks } from './lsm-hooks.js';

/** Causes that are about what a kernel has and lacks. */

export function helperCause(rejection: CauseCase): Cause | null {
  const { decidingLine } = rejection;
  const unknown = /^(?:invalid|unknown) func unknown#(\d+)/.exec(decidingLine);
  if (unknown?.[1] !== undefined) return unknownHelper(Number(unknown[1]));
  const known = /^(?:unknown func|program of this type cannot use helper) (\w+)#\d+/.exec(decidingLine);
  const name = known?.[1] ?? (decidingLine === 'helper call is not allowed in probe' ? 'this helper' : null);
  if (name === null) return null;
  const notAllowed: Cause = {
    id: 'helper-not-allowed',
    explanation: `The kernel has ${name}, and does not offer it to programs of this type or at this hook.`,
    hint: 'Use a helper or kfunc that this program type has, or do this part of the work in a program of another type.',
  };
  return sleepingHelper(name, rejection) ?? notAllowed;
}

function unknownHelper(number: number): Cause {
  const age = helperAge(number);
  return {
    id: 'unknown-helper',
    explanation: `This kernel has no helper ${number}${sinceRelease(age)}.`,
    hint: 'Ask with bpf_core_enum_value_exists(enum bpf_func_id, ...) before the call, or leave the program out on such kernels: SEC("?...").',
  };
}

export function kfuncCause({ decidingLine }: CauseCase): Cause | null {
  const strong = /^extern \(func ksym\) '([^']+)':? .*not found/.exec(decidingLine)?.[1];
  // libbpf says so of a weak one only, where the verifier comes to its call.
  const weak = /^kfunc '([^']+)' is referenced but wasn't resolved$/.exec(decidingLine)?.[1];
  const name = strong ?? weak;
  if (name === undefined) return null;
  const release = kfuncSince(name);
  const lacking = `This kernel has no kfunc ${name}${release === null ? '' : `; it came with ${release}`}.`;
  if (strong === undefined) {
    return {
      id: 'unknown-kfunc',
      explanation: `${lacking} It is declared __weak, and called on a way on which nobody asked whether it is there.`,
      hint: `Put \`if (bpf_ksym_exists(${name}))\` around the call.`,
    };
  }
  return {
    id: 'unknown-kfunc',
    explanation: lacking,
    hint: 'Declare it __ksym __weak and ask with bpf_ksym_exists() before the call.',
  };
}

/** libbpf names the field where it can; a poisoned instruction says no more than that there is one. */
export function relocationCause({ decidingLine, kernelTypes }: CauseCase): Cause {
  const field = /^failed to resolve CO-RE relocation <\w+> \[\d+\] (.+?)(?: \(|$)/.exec(decidingLine)?.[1];
  return {
    id: 'core-relocation',
    explanation: `This kernel's BTF has no match for ${field ?? 'a field or type that the program reads'}.${insteadOf(field, kernelTypes)}`,
    hint: relocationHint(decidingLine),
  };
}

function relocationHint(line: string): string {
  const kind = /CO-RE relocation <(\w+)>/.exec(line)?.[1];
  if (kind === undefined) {
    return 'Ask whether it is there before it is used: bpf_core_field_exists(), bpf_core_type_exists(), bpf_core_enum_value_exists().';
  }
  if (kind.startsWith('enumval')) return 'Ask with bpf_core_enum_value_exists() before the value is used.';
  if (kind.includes('type')) return 'Ask with bpf_core_type_exists() before the type is used.';
  return 'Ask with bpf_core_field_exists() before the access, and describe renamed fields in a `___flavour` of the type.';
}

/** What the type has in place of the member that it lacks, or which types are like the one that is not there. */
function insteadOf(field: string | undefined, types: readonly KernelType[]): string {
  const last = types.at(-1);
  if (field === undefined || last === undefined) return '';
  if (!last.exists) {
    const like = nearestNames(last.name, last.near);
    return ` It has no type ${last.name}${like.length === 0 ? '.' : `; the nearest names that it has: ${like.join(', ')}.`}`;
  }
  const path = field.replace(/^\w+ /, '').split(/\.|::/);
  const wanted = /^\w+/.exec(path[types.length] ?? '')?.[0];
  if (wanted === undefined || last.members.some(({ name }) => name === wanted)) return '';
  const names = last.members.map(({ name }) => name);
  const like = nearestNames(wanted, names);
  const typed = last.members.filter(({ name }) => like.includes(name));
  const words = typed.map(({ name, type }) => (type === '' ? name : `${name} (${type})`)).join(', ');
  const instead = words === '' ? `, and no member with a name like it among its ${names.length}` : `; it has ${words}`;
  return ` Its ${last.name} has no ${wanted}${instead}.`;
}

export function programTypeCause({ type, release }: CauseCase): Cause {
  const age = programTypeAge(type);
  const young = age !== null && isOlderThan(release, age) ? sinceRelease(age) : '';
  return {
    id: 'unknown-program-type',
    explanation: `This kernel takes no program of type ${type}, not even a trivial one${young}.`,
    hint: 'Make the program optional with SEC("?..."), and load it where the kernel has the type.',
  };
}

export function hookCause({ attachPoint }: CauseCase): Cause | null {
  if (attachPoint?.exists !== false) return null;
  const hook = attachPoint.name.replace(/^(?:bpf_(?:lsm|iter)|btf_trace)_/, '');
  const isListed = /^bpf_(?:lsm|iter)_/.test(attachPoint.name);
  const near = (isListed ? nearestHooks : nearestNames)(hook, attachPoint.others);
  const others = near.length === 0 ? '' : ` The nearest names that it has: ${near.join(', ')}.`;
  return {
    id: 'missing-hook',
    explanation: `This kernel has no ${attachPoint.name}.${others}`,
    hint: 'Check the name, or mark the program optional with SEC("?...") where only some kernels have the hook.',
  };
}
