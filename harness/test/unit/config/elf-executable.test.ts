// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { readExecutable } from '../../../config/elf-executable.js';
import { ElfError } from '../../../config/elf-header.js';
import { hostTarget } from '../../../target.js';

let good: Buffer;
beforeAll(async () => {
  good = await readFile('/bin/true');
});

function changed(change: (bytes: Buffer) => unknown): Buffer {
  const copy = Buffer.from(good);
  change(copy);
  return copy;
}

describe('readExecutable', () => {
  it('reads the loader and the libraries of a program of this host', () => {
    expect(readExecutable(good)).toEqual({ target: hostTarget, interpreter: hostTarget.loader, needed: ['libc.so.6'] });
  });

  it('takes a static program', async () => {
    expect(readExecutable(await readFile('build/guest/init'))).toMatchObject({ interpreter: null, needed: [] });
  });

  it.each([
    ['nothing', () => Buffer.alloc(0), 'is empty'],
    ['a script', () => Buffer.from('#!/bin/sh\n'), 'is not an ELF file'],
    ['half a header', () => good.subarray(0, 40), 'is truncated: an ELF header has 64 bytes, the file 40'],
    ['32 bits', () => changed((b) => (b[4] = 1)), 'is a 32-bit ELF file; the guests are 64-bit'],
    ['another machine', () => changed((b) => b.writeUInt16LE(243, 18)), 'is for RISC-V'],
    ['an object', () => changed((b) => b.writeUInt16LE(1, 16)), 'is not a program (ET_EXEC or ET_DYN)'],
    ['no segments', () => changed((b) => b.writeUInt16LE(0, 56)), 'has no program headers'],
    ['segments beyond the end', () => changed((b) => b.writeUInt16LE(9999, 56)), 'program headers should end at byte'],
    ['its head only', () => good.subarray(0, 2000), 'a segment should end at byte'],
  ])('refuses %s', (_name, bytes, words) => {
    expect(() => readExecutable(bytes())).toThrow(ElfError);
    expect(() => readExecutable(bytes())).toThrow(words);
  });

  it('refuses a program whose loader was taken away, and a shared library', () => {
    const headers = Number(good.readBigUInt64LE(32));
    const at = Array.from({ length: good.readUInt16LE(56) }, (_, index) => headers + index * 56);
    const interp = at.find((offset) => good.readUInt32LE(offset) === 3) ?? 0;
    const withoutLoader = changed((b) => b.writeUInt32LE(4, interp));
    expect(() => readExecutable(withoutLoader)).toThrow('needs libc.so.6 and names no loader');
    const dynamic = at.find((offset) => good.readUInt32LE(offset) === 2) ?? 0;
    const library = Buffer.from(withoutLoader);
    library.writeUInt32LE(4, dynamic);
    expect(() => readExecutable(library)).toThrow('is a shared library, not a program');
  });

  it('survives every truncation and every changed byte of the headers', () => {
    for (let length = 0; length < good.length; length += 61) expectNoFault(good.subarray(0, length));
    const dynamic = good.length - 4096;
    for (let at = 0; at < 1024; at++)
      for (const value of [0, 0x7f, 0xff]) expectNoFault(changed((b) => (b[at] = value)));
    for (let at = dynamic; at < good.length; at += 7) expectNoFault(changed((b) => (b[at] = 0xff)));
  });
});

/** Anything but a result or an ElfError is a fault of the reader. */
function expectNoFault(bytes: Buffer): void {
  let fault: unknown = null;
  try {
    readExecutable(bytes);
  } catch (error) {
    if (!(error instanceof ElfError)) fault = error;
  }
  expect(fault).toBeNull();
}
