// SPDX-License-Identifier: Apache-2.0
import { elfString } from './elf-header.js';
import { programSections, readBpfElf } from './elf.js';

const STT_FUNC = 2;
const symbolSize = 24;

/** Names of an object's programs, as libbpf takes them. Throws ElfError. */
export function elfProgramNames(bytes: Buffer): readonly string[] {
  return programsInElf(bytes).map(({ name }) => name);
}

/** Programs with their sections: functions that begin in a program section. Throws ElfError. */
export function programsInElf(bytes: Buffer): readonly { readonly name: string; readonly section: string }[] {
  const sections = readBpfElf(bytes);
  const programs = new Map(programSections(sections).map((section) => [sections.indexOf(section), section.name]));
  const table = sections.find(({ name }) => name === '.symtab');
  const strings = sections.find(({ name }) => name === '.strtab');
  if (table === undefined || strings === undefined) return [];
  return Array.from({ length: Math.floor(table.size / symbolSize) }, (_, at) => table.offset + at * symbolSize)
    .filter((at) => (bytes.readUInt8(at + 4) & 0xf) === STT_FUNC && programs.has(bytes.readUInt16LE(at + 6)))
    .map((at) => ({
      name: elfString(bytes, strings.offset + bytes.readUInt32LE(at), strings.offset + strings.size),
      section: programs.get(bytes.readUInt16LE(at + 6)) ?? '',
    }));
}
