// SPDX-License-Identifier: Apache-2.0
import { targets, type ObjectMarks, type Target } from '../target.js';
import { byteOffset, fieldExists, fieldRelocations, type FieldRelocation, typeExists } from './btf.js';
import { programSections, type ElfSection } from './elf.js';

/** What an object shows of the architecture that it is built for. */
export interface ShownArchitecture {
  readonly target: Target;
  /** One clause. */
  readonly shows: string;
}

/**
 * The architecture that an object is certainly built for: `e_machine` is the same for all of them (EM_BPF), so that only what is
 * in it can tell. Null where nothing tells, and where it has what each of several would have. What nobody has to load is no sign
 * (`SEC("?...")`), nor is a member that the object asks for before it reads it, or a flavour (`struct pt_regs___old`), which
 * is how one object is written for several kernels.
 */
export function shownArchitecture(bytes: Buffer, sections: readonly ElfSection[]): ShownArchitecture | null {
  // Nor is a function that programs share: who calls it, or whether anybody does, is not known.
  const names = programSections(sections).flatMap(({ name }) => (name.startsWith('?') ? [] : [name]));
  const relocations = fieldRelocations(bytes, sections);
  const shown = targets.flatMap((target) => {
    const shows = entryShown(names, target.objects) ?? registerShown(relocations, names, target.objects);
    return shows === null ? [] : [{ target, shows }];
  });
  const [only, another] = shown;
  return only !== undefined && another === undefined ? only : null;
}

function entryShown(sections: readonly string[], { entries }: ObjectMarks): string | null {
  const found = sections.find((name) => {
    const [, attachedTo = ''] = name.split('/');
    return entries.some((entry) => attachedTo.startsWith(entry));
  });
  return found === undefined ? null : `it has SEC("${found}")`;
}

function registerShown(
  relocations: readonly FieldRelocation[],
  sections: readonly string[],
  { registers }: ObjectMarks,
): string | null {
  const mine = relocations.filter(({ struct }) => struct === registers.struct);
  if (mine.some(({ kind }) => kind === fieldExists || kind === typeExists)) return null;
  const reads = mine.filter(({ section, kind }) => kind === byteOffset && sections.includes(section));
  const found = reads.find(({ member }) => member !== null && registers.members.includes(member));
  return found === undefined ? null : `its ${found.section} reads ${found.member} of struct ${found.struct}`;
}
