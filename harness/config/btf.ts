// SPDX-License-Identifier: Apache-2.0
import { elfString } from './elf-header.js';
import type { ElfSection } from './elf.js';

/*
 * Just enough of an object's BTF to tell which members of which structs its programs want to find in the kernel
 * (Documentation/bpf/btf.rst; struct bpf_core_relo, include/uapi/linux/bpf.h).
 */

/** What `kind` of a CO-RE relocation asks for: enum bpf_core_relo_kind. */
export const byteOffset = 0;
export const fieldExists = 2;
export const typeExists = 8;

/** A CO-RE relocation against a struct. */
export interface FieldRelocation {
  /** Of the programs. */
  readonly section: string;
  readonly kind: number;
  /** As it is called in the object, flavour included. */
  readonly struct: string;
  /** The first member on the way; null for the struct itself. */
  readonly member: string | null;
}

interface Struct {
  readonly name: string;
  readonly members: readonly string[];
}

/** Bytes after the three words that each type has, for the kinds of fixed size (BTF_KIND_*); others by their count. */
const fixedTail: Readonly<Record<number, number>> = { 1: 4, 3: 12, 14: 4, 17: 4 };
const tailEach: Readonly<Record<number, number>> = { 4: 12, 5: 12, 6: 8, 13: 8, 15: 12, 19: 12 };
const structKinds: ReadonlySet<number> = new Set([4, 5]);
/** typedef, volatile, const, restrict, type tag. */
const otherNames: ReadonlySet<number> = new Set([8, 9, 10, 11, 18]);
const magic = 0xeb9f;
/** Bytes of struct bpf_core_relo as it is read here. */
const relocationSize = 16;

/** None where an object has no BTF, or one that cannot be read: what it is, the kernel says better. */
export function fieldRelocations(bytes: Buffer, sections: readonly ElfSection[]): readonly FieldRelocation[] {
  const part = (name: string): Buffer | null => {
    const section = sections.find((one) => one.name === name);
    return section === undefined ? null : bytes.subarray(section.offset, section.offset + section.size);
  };
  const [btf, ext] = [part('.BTF'), part('.BTF.ext')];
  if (btf === null || ext === null) return [];
  try {
    return readRelocations(ext, new Btf(btf));
  } catch (error) {
    if (error instanceof RangeError) return [];
    throw error;
  }
}

/** Throws RangeError where it ends too soon. */
class Btf {
  readonly #bytes: Buffer;
  readonly #strings: { readonly from: number; readonly to: number };
  /** By their ids; a name or qualifier of another type is that one's id, and what leads to no struct is undefined. */
  readonly #types: readonly (Struct | number | undefined)[];

  constructor(bytes: Buffer) {
    if (bytes.readUInt16LE(0) !== magic) throw new RangeError('no BTF');
    const header = bytes.readUInt32LE(4);
    const from = header + bytes.readUInt32LE(16);
    this.#bytes = bytes;
    this.#strings = { from, to: from + bytes.readUInt32LE(20) };
    const types = header + bytes.readUInt32LE(8);
    this.#types = this.#readTypes(types, types + bytes.readUInt32LE(12));
  }

  text(offset: number): string {
    return elfString(this.#bytes, this.#strings.from + offset, this.#strings.to);
  }

  /** The struct that a type is, or is another name of. */
  struct(id: number): Struct | undefined {
    let type: Struct | number | undefined = id;
    // Qualifiers in a circle lead nowhere.
    for (let steps = 0; typeof type === 'number' && steps < 32; steps++) type = this.#types[type];
    return typeof type === 'number' ? undefined : type;
  }

  #readTypes(from: number, end: number): readonly (Struct | number | undefined)[] {
    // Type 0 is void.
    const types: (Struct | number | undefined)[] = [undefined];
    for (let at = from; at < end;) {
      const info = this.#bytes.readUInt32LE(at + 4);
      const [count, kind] = [info & 0xffff, (info >>> 24) & 0x1f];
      if (structKinds.has(kind)) types.push(this.#readStruct(at, count));
      else types.push(otherNames.has(kind) ? this.#bytes.readUInt32LE(at + 8) : undefined);
      at += 12 + (fixedTail[kind] ?? count * (tailEach[kind] ?? 0));
    }
    return types;
  }

  #readStruct(at: number, count: number): Struct {
    const nameAt = (offset: number): string => this.text(this.#bytes.readUInt32LE(offset));
    const members = Array.from({ length: count }, (_, index) => nameAt(at + 12 + index * 12));
    return { name: nameAt(at), members };
  }
}

/** Of struct btf_ext_header: where it says at which offset relocations are, and how long they are. */
const relocationsField = { offset: 24, size: 28 };

function readRelocations(ext: Buffer, btf: Btf): readonly FieldRelocation[] {
  const header = ext.readUInt32LE(4);
  // Compilers before 10 wrote a shorter header, and no relocations.
  if (ext.readUInt16LE(0) !== magic || header < relocationsField.size + 4) return [];
  const from = header + ext.readUInt32LE(relocationsField.offset);
  const end = from + ext.readUInt32LE(relocationsField.size);
  if (end === from) return [];
  const each = ext.readUInt32LE(from);
  if (each < relocationSize) throw new RangeError('relocations too short');
  const found: FieldRelocation[] = [];
  for (let at = from + 4; at < end;) {
    const section = btf.text(ext.readUInt32LE(at));
    const count = ext.readUInt32LE(at + 4);
    if (at + 8 + count * each > ext.length) throw new RangeError('relocations end too soon');
    const records = Array.from({ length: count }, (_, index) => at + 8 + index * each);
    found.push(...records.flatMap((record) => relocationAt(ext, record, { section, btf })));
    at += 8 + count * each;
  }
  return found;
}

/** None for one against another kind of type. */
function relocationAt(
  ext: Buffer,
  at: number,
  { section, btf }: { readonly section: string; readonly btf: Btf },
): readonly FieldRelocation[] {
  const struct = btf.struct(ext.readUInt32LE(at + 4));
  if (struct === undefined) return [];
  // `0:14`: an index into an array of the struct, then the number of a member.
  const [, member] = btf.text(ext.readUInt32LE(at + 8)).split(':');
  const name = member === undefined ? null : (struct.members[Number(member)] ?? null);
  return [{ section, kind: ext.readUInt32LE(at + 12), struct: struct.name, member: name }];
}
