import type { MapDeclaration } from '../model/evidence.js';
import type { Cause, CauseCase } from './causes-case.js';
import { type Age, helperAge, kfuncSince, lacks, mapTypeAge } from './kernel-additions.js';
import { nearestHooks } from './lsm-hooks.js';

/** Causes that are about what a kernel has and lacks. */

export function helperCause({ decidingLine }: CauseCase): Cause | null {
  const unknown = /^(?:invalid|unknown) func unknown#(\d+)/.exec(decidingLine);
  if (unknown?.[1] !== undefined) return unknownHelper(Number(unknown[1]));
  const known = /^(?:unknown func|program of this type cannot use helper) (\w+)#\d+/.exec(decidingLine);
  const name = known?.[1] ?? (decidingLine === 'helper call is not allowed in probe' ? 'this helper' : null);
  if (name === null) return null;
  return {
    id: 'helper-not-allowed',
    explanation: `The kernel has ${name}, and does not offer it to programs of this type or at this hook.`,
    hint: 'Use a helper or kfunc that this program type has, or do this part of the work in a program of another type.',
  };
}

function unknownHelper(number: number): Cause {
  const age = helperAge(number);
  return {
    id: 'unknown-helper',
    explanation: `This kernel has no helper ${number}${since(age)}.`,
    hint: 'Ask with bpf_core_enum_value_exists(enum bpf_func_id, ...) before the call, or leave the program out on such kernels: SEC("?...").',
  };
}

export function kfuncCause({ decidingLine }: CauseCase): Cause | null {
  const name = (/^extern \(func ksym\) '([^']+)':? .*not found/.exec(decidingLine) ??
    /^kfunc '([^']+)' is referenced but wasn't resolved$/.exec(decidingLine))?.[1];
  if (name === undefined) return null;
  const release = kfuncSince(name);
  return {
    id: 'unknown-kfunc',
    explanation: `This kernel has no kfunc ${name}${release === null ? '' : `; it came with ${release}`}.`,
    hint: 'Declare it __ksym __weak and ask with bpf_ksym_exists() before the call.',
  };
}

/** libbpf names the field where it can; a poisoned instruction says no more than that there is one. */
export function relocationCause({ decidingLine }: CauseCase): Cause {
  const field = /^failed to resolve CO-RE relocation <\w+> \[\d+\] (.+?)(?: \(|$)/.exec(decidingLine)?.[1];
  return {
    id: 'core-relocation',
    explanation: `This kernel's BTF has no match for ${field ?? 'a field or type that the program reads'}.`,
    hint: 'Ask with bpf_core_field_exists() before the access, and describe renamed fields in a `___flavour` of the type.',
  };
}

/** A map can be refused for many reasons: only a type that is younger than the kernel is a cause. */
export function mapCause({ missingMaps, release }: CauseCase): Cause | null {
  const young = missingMaps
    .map((map) => ({ map, age: mapTypeAge(map.type) }))
    .find(({ age }) => age !== null && lacks(release, age));
  return young?.age == null ? null : unknownMapType(young.map, young.age);
}

function unknownMapType({ name, type }: MapDeclaration, age: Age): Cause {
  return {
    id: 'unknown-map-type',
    explanation: `This kernel has no maps of type ${type}, which ${name} is${since(age)}.`,
    hint: 'Use an older type, or turn the map off with bpf_map__set_autocreate() and keep its users out of the load.',
  };
}

export function hookCause({ attachPoint }: CauseCase): Cause | null {
  if (attachPoint?.exists !== false) return null;
  const hook = attachPoint.name.replace(/^bpf_(?:lsm|iter)_/, '');
  const near = nearestHooks(hook, attachPoint.others);
  const others = near.length === 0 ? '' : ` The nearest names that it has: ${near.join(', ')}.`;
  return {
    id: 'missing-hook',
    explanation: `This kernel has no ${attachPoint.name}.${others}`,
    hint: 'Check the name, or mark the program optional with SEC("?...") where only some kernels have the hook.',
  };
}

function since(age: Age): string {
  switch (age.kind) {
    case 'since':
      return `; it came with ${age.release}`;
    case 'none':
      return '; no kernel up to 7.2 has it';
    case 'old':
      return '';
  }
}
