// SPDX-License-Identifier: Apache-2.0
import { elfString } from './elf-header.js';
import { mapSections, programSections, readBpfElf } from './elf.js';

const STT_OBJECT = 1;
const STT_FUNC = 2;
const symbolSize = 24;

interface ElfSymbol {
  readonly name: string;
  readonly type: number;
  readonly section: string;
  /** Bytes within the section. */
  readonly offset: number;
  readonly size: number;
}

/** Symbols that are defined in a section, in the order of the table. Throws ElfError. */
function symbolsOf(bytes: Buffer): readonly ElfSymbol[] {
  const sections = readBpfElf(bytes);
  const table = sections.find(({ name }) => name === '.symtab');
  const strings = sections.find(({ name }) => name === '.strtab');
  if (table === undefined || strings === undefined) return [];
  const places = Array.from({ length: Math.floor(table.size / symbolSize) }, (_, at) => table.offset + at * symbolSize);
  return places.flatMap((at) => {
    const section = sections[bytes.readUInt16LE(at + 6)];
    if (section === undefined || section.name === '') return [];
    return [
      {
        name: elfString(bytes, strings.offset + bytes.readUInt32LE(at), strings.offset + strings.size),
        type: bytes.readUInt8(at + 4) & 0xf,
        section: section.name,
        offset: Number(bytes.readBigUInt64LE(at + 8)),
        size: Number(bytes.readBigUInt64LE(at + 16)),
      },
    ];
  });
}

export type ProgramSymbol = Pick<ElfSymbol, 'name' | 'section'>;

/** An object's programs, as libbpf takes them: functions that begin in a program section. Throws ElfError. */
export function programsInElf(bytes: Buffer): readonly ProgramSymbol[] {
  const programs = new Set(programSections(readBpfElf(bytes)).map(({ name }) => name));
  return symbolsOf(bytes).filter(({ type, section }) => type === STT_FUNC && programs.has(section));
}

/** Their names. Throws ElfError. */
export const elfProgramNames = (bytes: Buffer): readonly string[] => programsInElf(bytes).map(({ name }) => name);

/** Names of the maps that an object declares, without those that libbpf makes of its data. Throws ElfError. */
export function elfMapNames(bytes: Buffer): readonly string[] {
  const maps = new Set(mapSections(readBpfElf(bytes)).map(({ name }) => name));
  return symbolsOf(bytes).flatMap(({ name, type, section }) =>
    type === STT_OBJECT && maps.has(section) ? [name] : [],
  );
}

export type VariableSymbol = Omit<ElfSymbol, 'type'>;

/** Global variables: what libbpf puts into maps of its own. Throws ElfError. */
export function elfVariables(bytes: Buffer): readonly VariableSymbol[] {
  return symbolsOf(bytes).filter(
    ({ name, type, section }) => type === STT_OBJECT && name !== '' && /^\.(?:rodata|data|bss)(?:$|\.)/.test(section),
  );
}
