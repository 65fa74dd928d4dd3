// SPDX-License-Identifier: Apache-2.0
import { EM_BPF, programSections, readBpfElf, sectionHeaderSize, SHT_NOBITS } from './elf.js';
import { ElfError, headerSize } from './elf-header.js';

/** A BPF object as it lies in another file: all of it, or a skeleton's data in a program. */
export interface EmbeddedObject {
  /** Bytes from the start of the file. */
  readonly offset: number;
  readonly bytes: Buffer;
}

/** What a file holds that calls itself a BPF object. */
export interface EmbeddedObjects {
  /** With programs, in the order of the file. */
  readonly objects: readonly EmbeddedObject[];
  /** What was found besides and cannot be loaded here, each one clause: big-endian, cut short, without a program. */
  readonly others: readonly string[];
}

const magic = Buffer.from('\x7fELF', 'latin1');

/** Looks at every place of the file that begins like a BPF object. */
export function embeddedObjects(bytes: Buffer): EmbeddedObjects {
  const objects: EmbeddedObject[] = [];
  const others: string[] = [];
  for (let at = bytes.indexOf(magic); at >= 0; at = bytes.indexOf(magic, at + magic.length)) {
    if (!isForBpf(bytes, at)) continue;
    try {
      const image = bytes.subarray(at, at + lengthAt(bytes.subarray(at)));
      if (programSections(readBpfElf(image)).length === 0) throw new ElfError('has no programs');
      objects.push({ offset: at, bytes: image });
    } catch (error) {
      if (!(error instanceof ElfError)) throw error;
      others.push(error.message);
    }
  }
  return { objects, others };
}

/** In either byte order. */
function isForBpf(bytes: Buffer, at: number): boolean {
  if (at + headerSize > bytes.length) return false;
  const machine = bytes[at + 5] === 2 ? bytes.readUInt16BE(at + 18) : bytes.readUInt16LE(at + 18);
  return machine === EM_BPF;
}

/** Bytes up to the end of the section headers or of the last section, whichever is later. Throws ElfError. */
function lengthAt(rest: Buffer): number {
  const table = Number(rest.readBigUInt64LE(40));
  const end = table + rest.readUInt16LE(60) * sectionHeaderSize;
  if (end > rest.length) return rest.length;
  const sections = readBpfElf(rest);
  return Math.max(end, ...sections.map(({ offset, size, type }) => (type === SHT_NOBITS ? 0 : offset + size)));
}
