// SPDX-License-Identifier: Apache-2.0
/** The head of an ELF file (elf(5)), as far as it shows whether the file is what it should be. */

import { machineTitle } from '../target.js';

/** The file is not what it should be; the message is one clause without the file's name. */
export class ElfError extends Error {
  override readonly name = 'ElfError';
}

/** What a file has to be. */
export interface ElfKind {
  readonly machine: number;
  readonly types: readonly number[];
  /** Ends of sentences: `is not ...`, `is a 32-bit ELF file; ...`, `is big-endian; ...`. */
  readonly typeWords: string;
  readonly whyNot32: string;
  readonly whyNotBigEndian: string;
}

/** Bytes. */
export const headerSize = 64;

/** Throws ElfError naming the first thing that is wrong. */
export function checkElfHeader(bytes: Buffer, kind: ElfKind): void {
  if (bytes.length === 0) throw new ElfError('is empty');
  if (bytes.length < 4 || bytes.readUInt32BE(0) !== 0x7f454c46) throw new ElfError('is not an ELF file');
  if (bytes.length < headerSize)
    throw new ElfError(`is truncated: an ELF header has 64 bytes, the file ${bytes.length}`);
  if (bytes[4] !== 2) throw new ElfError(`is a 32-bit ELF file; ${kind.whyNot32}`);
  if (bytes[5] !== 1) throw new ElfError(`is big-endian; ${kind.whyNotBigEndian}`);
  const machine = bytes.readUInt16LE(18);
  if (machine !== kind.machine)
    throw new ElfError(`is for ${machineTitle(machine)}, not for ${machineTitle(kind.machine)}`);
  if (!kind.types.includes(bytes.readUInt16LE(16))) throw new ElfError(`is not ${kind.typeWords}`);
}

/** The string that begins at `from`, up to its NUL or to `limit`. */
export function elfString(bytes: Buffer, from: number, limit: number): string {
  const end = bytes.indexOf(0, from);
  return bytes.toString('utf8', from, end < 0 || end > limit ? limit : end);
}
