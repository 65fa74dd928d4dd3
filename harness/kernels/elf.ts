// SPDX-License-Identifier: Apache-2.0
import type { Target } from '../target.js';

/** Offsets of elf(5) for ELFCLASS64, little endian. */
const header = { class: 4, data: 5, machine: 18, shoff: 40, shentsize: 58, shnum: 60, shstrndx: 62 };
const section = { name: 0, offset: 24, size: 32 };

/** Is this the start of a little-endian ELF file for an architecture. */
export function isElf64For({ elfMachine }: Pick<Target, 'elfMachine'>, bytes: Buffer): boolean {
  return isElf64(bytes) && bytes.readUInt16LE(header.machine) === elfMachine;
}

function isElf64(bytes: Buffer): boolean {
  return (
    bytes.length >= 64 &&
    bytes.subarray(0, 4).toString('latin1') === '\x7fELF' &&
    bytes[header.class] === 2 &&
    bytes[header.data] === 1
  );
}

/** The bytes of a section, or null when the file has none of that name or is cut short. */
export function elfSection(bytes: Buffer, name: string): Buffer | null {
  if (!isElf64(bytes)) return null;
  try {
    return findSection(bytes, name);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function findSection(bytes: Buffer, wanted: string): Buffer | null {
  const base = Number(bytes.readBigUInt64LE(header.shoff));
  const entrySize = bytes.readUInt16LE(header.shentsize);
  const at = (index: number): number => base + index * entrySize;
  const contents = (index: number): Buffer => {
    const offset = Number(bytes.readBigUInt64LE(at(index) + section.offset));
    return bytes.subarray(offset, offset + Number(bytes.readBigUInt64LE(at(index) + section.size)));
  };
  const names = contents(bytes.readUInt16LE(header.shstrndx));
  for (let index = 1; index < bytes.readUInt16LE(header.shnum); index++) {
    const start = bytes.readUInt32LE(at(index) + section.name);
    if (names.subarray(start, names.indexOf(0, start)).toString('latin1') === wanted) return contents(index);
  }
  return null;
}
