// SPDX-License-Identifier: Apache-2.0
import { hostTarget, type Target, targetOfMachine } from '../target.js';
import { checkElfHeader, elfString, ElfError, type ElfKind, headerSize } from './elf-header.js';

/** What a program needs around it to be started. */
export interface ElfExecutable {
  readonly target: Target;
  /** Path of its dynamic loader (PT_INTERP); null for a static program. */
  readonly interpreter: string | null;
  /** DT_NEEDED, in file order. */
  readonly needed: readonly string[];
}

const executableFor = ({ elfMachine, title }: Target): ElfKind => ({
  machine: elfMachine,
  types: [2, 3],
  typeWords: 'a program (ET_EXEC or ET_DYN)',
  whyNot32: 'the guests are 64-bit',
  whyNotBigEndian: `the guests are ${title}`,
});

const PT_LOAD = 1;
const PT_DYNAMIC = 2;
const PT_INTERP = 3;
const DT_NULL = 0n;
const DT_NEEDED = 1n;
const DT_STRTAB = 5n;
const DT_FLAGS_1 = 0x6ffffffbn;
const DF_1_PIE = 0x8000000n;
const programHeaderSize = 56;
const dynamicEntrySize = 16;

interface Segment {
  readonly type: number;
  /** Byte offset in the file. */
  readonly offset: number;
  readonly address: bigint;
  /** Bytes in the file. */
  readonly size: number;
}

/** Reads a program for any architecture that guests may have. Throws ElfError naming the first thing that is wrong. */
export function readExecutable(bytes: Buffer): ElfExecutable {
  const target = (bytes.length < headerSize ? null : targetOfMachine(bytes.readUInt16LE(18))) ?? hostTarget;
  checkElfHeader(bytes, executableFor(target));
  const segments = readSegments(bytes);
  const interp = segments.find(({ type }) => type === PT_INTERP);
  const interpreter = interp === undefined ? null : elfString(bytes, interp.offset, interp.offset + interp.size);
  if (interpreter !== null && !interpreter.startsWith('/'))
    throw new ElfError(`names its loader '${interpreter}', which is no absolute path`);
  const dynamic = readDynamic(bytes, segments);
  const needed = neededNames(bytes, segments, dynamic);
  if (interpreter === null && isLibrary(bytes, dynamic)) throw new ElfError('is a shared library, not a program');
  if (interpreter === null && needed[0] !== undefined)
    throw new ElfError(`needs ${needed[0]} and names no loader (PT_INTERP) to find it`);
  return { target, interpreter, needed };
}

function readSegments(bytes: Buffer): readonly Segment[] {
  const table = Number(bytes.readBigUInt64LE(32));
  const count = bytes.readUInt16LE(56);
  if (count === 0) throw new ElfError('has no program headers, so nothing of it would be loaded');
  const end = table + count * programHeaderSize;
  if (end > bytes.length)
    throw new ElfError(`is truncated: its program headers should end at byte ${end}, the file ends at ${bytes.length}`);
  return Array.from({ length: count }, (_, index) => readSegment(bytes, table + index * programHeaderSize));
}

function readSegment(bytes: Buffer, at: number): Segment {
  const offset = Number(bytes.readBigUInt64LE(at + 8));
  const size = Number(bytes.readBigUInt64LE(at + 32));
  if (offset + size > bytes.length)
    throw new ElfError(`is truncated: a segment should end at byte ${offset + size}, the file ends at ${bytes.length}`);
  return { type: bytes.readUInt32LE(at), offset, address: bytes.readBigUInt64LE(at + 16), size };
}

type DynamicEntry = readonly [tag: bigint, value: bigint];

function readDynamic(bytes: Buffer, segments: readonly Segment[]): readonly DynamicEntry[] {
  const segment = segments.find(({ type }) => type === PT_DYNAMIC);
  if (segment === undefined) return [];
  const entries: DynamicEntry[] = [];
  for (let at = segment.offset; at + dynamicEntrySize <= segment.offset + segment.size; at += dynamicEntrySize) {
    const tag = bytes.readBigUInt64LE(at);
    if (tag === DT_NULL) break;
    entries.push([tag, bytes.readBigUInt64LE(at + 8)]);
  }
  return entries;
}

function neededNames(bytes: Buffer, segments: readonly Segment[], dynamic: readonly DynamicEntry[]): readonly string[] {
  const needed = dynamic.filter(([tag]) => tag === DT_NEEDED);
  const table = dynamic.find(([tag]) => tag === DT_STRTAB)?.[1];
  if (needed.length === 0) return [];
  // DT_STRTAB is an address; the segment that is loaded there tells where it is in the file.
  const home = segments.find(
    ({ type, address, size }) =>
      type === PT_LOAD && table !== undefined && table >= address && table < address + BigInt(size),
  );
  if (home === undefined || table === undefined) throw new ElfError('needs libraries and has no table of their names');
  const start = home.offset + Number(table - home.address);
  return needed.map(([, name]) => elfString(bytes, start + Number(name), home.offset + home.size));
}

/** An ET_DYN file without a loader is a static program only when its linker says so. */
function isLibrary(bytes: Buffer, dynamic: readonly DynamicEntry[]): boolean {
  const flags = dynamic.find(([tag]) => tag === DT_FLAGS_1)?.[1] ?? 0n;
  return bytes.readUInt16LE(16) === 3 && (flags & DF_1_PIE) === 0n;
}
