// SPDX-License-Identifier: Apache-2.0
/*
 * A kernel module that warns: one of the kernel's own modules with another beginning. No stock kernel can be asked to
 * WARN, and no module can be built without its headers; but a module that is there has a bug table (lib/bug.c
 * and each architecture's asm/bug.h), and its init can be made to trap at a place that the table calls a warning.
 */

import type { WarningCode } from '../../target.js';

const relaSize = 24;
const symbolSize = 24;

interface Section {
  readonly name: string;
  readonly header: number;
  readonly index: number;
  readonly offset: number;
  readonly size: number;
}

/**
 * The module under another name, whose init warns once and succeeds. `bytes` is an uncompressed module with at
 * least one WARN in it, such as overlay.ko.
 * @throws Error when the module is not like that.
 */
export function warningModule(code: WarningCode, bytes: Buffer, name: string, newName: string): Buffer {
  const module = Buffer.from(withoutSignature(bytes));
  const sections = sectionsOf(module);
  const find = (wanted: string): Section => {
    const found = sections.find((section) => section.name === wanted);
    if (found === undefined) throw new Error(`the module has no section ${wanted}`);
    return found;
  };
  const init = findInit(module, find('.symtab'), find('.strtab'));
  const text = sections[init.section];
  if (text === undefined) throw new Error('init_module is in no section');
  const at = text.offset + init.value + prologue(code, module.subarray(text.offset + init.value));
  Buffer.from(code.trapAndReturn).copy(module, at);
  dropRelocations(code, module, find(`.rela${text.name}`), at - text.offset);
  pointFirstWarning(code, module, find('.rela__bug_table'), { ...init, addend: at - text.offset - init.value });
  for (const section of [find('.gnu.linkonce.this_module'), find('.modinfo')]) rename(module, section, name, newName);
  return module;
}

/** Appended to a signed module, after the signature and 12 bytes about it (include/linux/module_signature.h). */
const signatureMark = Buffer.from('~Module signature appended~\n');
const signatureInfo = 12;

/** A signature that does not fit is refused; a module without one only taints the kernel. */
function withoutSignature(bytes: Buffer): Buffer {
  const mark = bytes.length - signatureMark.length;
  if (!bytes.subarray(mark).equals(signatureMark)) return bytes;
  const length = bytes.readUInt32BE(mark - 4);
  return bytes.subarray(0, mark - signatureInfo - length);
}

function sectionsOf(elf: Buffer): readonly Section[] {
  const table = Number(elf.readBigUInt64LE(0x28));
  const count = elf.readUInt16LE(0x3c);
  const headers = Array.from({ length: count }, (_, index) => table + index * 64);
  const names = Number(elf.readBigUInt64LE((headers[elf.readUInt16LE(0x3e)] ?? table) + 0x18));
  return headers.map((header, index) => ({
    name: stringAt(elf, names + elf.readUInt32LE(header)),
    header,
    index,
    offset: Number(elf.readBigUInt64LE(header + 0x18)),
    size: Number(elf.readBigUInt64LE(header + 0x20)),
  }));
}

function stringAt(bytes: Buffer, at: number): string {
  return bytes.toString('latin1', at, bytes.indexOf(0, at));
}

function findInit(elf: Buffer, symbols: Section, strings: Section) {
  for (let at = symbols.offset; at < symbols.offset + symbols.size; at += symbolSize) {
    if (stringAt(elf, strings.offset + elf.readUInt32LE(at)) !== 'init_module') continue;
    const symbol = (at - symbols.offset) / symbolSize;
    return { symbol, section: elf.readUInt16LE(at + 6), value: Number(elf.readBigUInt64LE(at + 8)) };
  }
  throw new Error('the module has no init_module');
}

/** Bytes that stay: the landing pad, and the call that ftrace looks for. */
function prologue({ landingPad, traceCall }: WarningCode, code: Buffer): number {
  const pad = Buffer.from(landingPad);
  const start = code.subarray(0, pad.length).equals(pad) ? pad.length : 0;
  return code[start] === traceCall.first ? start + traceCall.length : start;
}

/** What the linker would have written over the new instructions. */
function dropRelocations(code: WarningCode, elf: Buffer, { offset, size }: Section, from: number): void {
  for (let at = offset; at < offset + size; at += relaSize) {
    const place = Number(elf.readBigUInt64LE(at));
    const overlaps = place + 4 > from && place < from + code.trapAndReturn.length;
    if (overlaps) elf.writeBigUInt64LE(BigInt(code.relocNone), at + 8);
  }
}

/** The first place that the bug table knows is where init now warns. */
function pointFirstWarning(
  { relocRelative32 }: WarningCode,
  elf: Buffer,
  { offset }: Section,
  { symbol, addend }: { readonly symbol: number; readonly addend: number },
): void {
  elf.writeBigUInt64LE((BigInt(symbol) << 32n) | BigInt(relocRelative32), offset + 8);
  elf.writeBigInt64LE(BigInt(addend), offset + 16);
}

function rename(elf: Buffer, { offset, size, name: section }: Section, name: string, newName: string): void {
  if (name.length !== newName.length) throw new Error('the new name must be as long as the old one');
  const at = elf.subarray(offset, offset + size).indexOf(name);
  if (at < 0) throw new Error(`${section} does not name ${name}`);
  elf.write(newName, offset + at, 'latin1');
}
