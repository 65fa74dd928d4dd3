// SPDX-License-Identifier: Apache-2.0
import { checkElfHeader, elfString, ElfError, type ElfKind } from './elf-header.js';

/** Just enough of ELF-64 to tell what a BPF object is before anything boots (elf(5), llvm BPF backend). */

export interface ElfSection {
  readonly name: string;
  readonly type: number;
  readonly flags: bigint;
  /** Byte offset in the file. */
  readonly offset: number;
  /** Bytes; no file bytes for SHT_NOBITS. */
  readonly size: number;
}

/** The machine of BPF objects in an ELF header. */
export const EM_BPF = 247;
const bpfObject: ElfKind = {
  machine: EM_BPF,
  types: [1],
  typeWords: 'a relocatable object (ET_REL)',
  whyNot32: 'BPF objects are 64-bit',
  whyNotBigEndian: 'guests are little-endian (clang -target bpf)',
};
const SHT_PROGBITS = 1;
export const SHT_NOBITS = 8;
const SHF_EXECINSTR = 0x4n;
/** Bytes. */
export const sectionHeaderSize = 64;

/** Does a file that begins with these bytes call itself a BPF object? */
export function isBpfElf(head: Buffer): boolean {
  return head.length >= 20 && head.readUInt32BE(0) === 0x7f454c46 && head.readUInt16LE(18) === bpfObject.machine;
}

/** Sections of a little-endian 64-bit BPF object. Throws ElfError naming the first thing that is wrong. */
export function readBpfElf(bytes: Buffer): readonly ElfSection[] {
  checkElfHeader(bytes, bpfObject);
  const table = Number(bytes.readBigUInt64LE(40));
  const count = bytes.readUInt16LE(60);
  const namesAt = bytes.readUInt16LE(62);
  if (count === 0) throw new ElfError('has no section headers');
  if (table + count * sectionHeaderSize > bytes.length) {
    throw new ElfError(
      `is truncated: its section headers should end at byte ${table + count * sectionHeaderSize}, the file ends at ${bytes.length}`,
    );
  }
  const raw = Array.from({ length: count }, (_, index) => readSection(bytes, table + index * sectionHeaderSize));
  for (const section of raw) checkBounds(section, bytes.length);
  const names = raw[namesAt];
  if (names === undefined) throw new ElfError(`names section ${namesAt} of ${count} as its string table`);
  return raw.map(({ nameOffset, ...section }) => ({
    ...section,
    name: elfString(bytes, names.offset + nameOffset, names.offset + names.size),
  }));
}

type RawSection = Omit<ElfSection, 'name'> & { readonly nameOffset: number };

function readSection(bytes: Buffer, at: number): RawSection {
  return {
    nameOffset: bytes.readUInt32LE(at),
    type: bytes.readUInt32LE(at + 4),
    flags: bytes.readBigUInt64LE(at + 8),
    offset: Number(bytes.readBigUInt64LE(at + 24)),
    size: Number(bytes.readBigUInt64LE(at + 32)),
  };
}

function checkBounds({ type, offset, size }: RawSection, length: number): void {
  if (type !== SHT_NOBITS && offset + size > length) {
    throw new ElfError(`is truncated: a section should end at byte ${offset + size}, the file ends at ${length}`);
  }
}

/** Sections that hold programs: executable, not empty, and not `.text`, where libbpf keeps shared subprograms. */
export function programSections(sections: readonly ElfSection[]): readonly ElfSection[] {
  return sections.filter(
    ({ name, type, flags, size }) =>
      type === SHT_PROGBITS && (flags & SHF_EXECINSTR) !== 0n && size > 0 && name !== '.text',
  );
}

/** Sections that declare maps: with BTF, and as loaders before libbpf 1.0 had them. */
export function mapSections(sections: readonly ElfSection[]): readonly ElfSection[] {
  return sections.filter(({ name, size }) => (name === '.maps' || name === 'maps') && size > 0);
}

/**
 * The compiler's own words: `.comment` where there is one, else DWARF's DW_AT_producer, which clang's BPF backend leaves
 * in `.debug_str`. Null for an object stripped of both.
 */
export function compilerOf(bytes: Buffer, sections: readonly ElfSection[]): string | null {
  for (const name of ['.comment', '.debug_str']) {
    const section = sections.find((candidate) => candidate.name === name);
    if (section === undefined) continue;
    const text = bytes.toString('utf8', section.offset, section.offset + section.size);
    const words = text.split('\0').find((part) => /\b(?:clang|gcc|GCC|GNU C).*\d/.test(part));
    if (words !== undefined) return words;
  }
  return null;
}
