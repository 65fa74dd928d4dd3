// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { objectNotices, readObjects, readObjectsOneByOne, uniqueObjectNames } from '../../../config/objects.js';
import { UsageError } from '../../../model/errors.js';
import { type Target, targetNamed, unnamedTarget } from '../../../target.js';

const healthy = 'build/variants/healthy.bpf.o';
let folder: string;
let good: Buffer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'agent-test-'));
  good = await readFile(healthy);
});
afterAll(() => rm(folder, { recursive: true }));

async function refusal(name: string, bytes: Uint8Array | string): Promise<UsageError> {
  const file = join(folder, name);
  await writeFile(file, bytes);
  return readObjects([file]).then(
    () => Promise.reject(new Error('was accepted')),
    (error: unknown) => error as UsageError,
  );
}

function with_(change: (bytes: Buffer) => void): Buffer {
  const bytes = Buffer.from(good);
  change(bytes);
  return bytes;
}

describe('readObjects', () => {
  it('reads what an object is: hash, compiler, program sections', async () => {
    const [object] = await readObjects([healthy]);
    expect(object?.identity).toMatchObject({ name: 'healthy', file: healthy, size: good.length });
    expect(object?.identity.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(object?.identity.compiler).toContain('clang version');
    expect(object?.identity.sections).toEqual(['lsm/file_open', 'tp/syscalls/sys_enter_openat']);
  });

  it.each([
    ['empty.o', () => Buffer.alloc(0), 'is empty'],
    ['script.o', () => '#!/bin/sh\necho not an object\n', 'is not an ELF file'],
    ['header.o', () => good.subarray(0, 40), 'is truncated: an ELF header has 64 bytes, the file 40'],
    ['half.o', () => good.subarray(0, good.length >> 1), 'is truncated: its section headers should end at byte'],
    ['32.o', () => with_((b) => (b[4] = 1)), 'is a 32-bit ELF file'],
    ['be.o', () => with_((b) => (b[5] = 2)), 'is big-endian'],
    ['x86.o', () => with_((b) => b.writeUInt16LE(62, 18)), 'is for x86-64, not for BPF'],
    ['exec.o', () => with_((b) => b.writeUInt16LE(2, 16)), 'is not a relocatable object'],
    ['sections.o', () => with_((b) => b.writeUInt16LE(0, 60)), 'has no section headers'],
    ['names.o', () => with_((b) => b.writeUInt16LE(999, 62)), 'names section 999 of'],
  ])('refuses %s with one clear error', async (name, bytes, words) => {
    const error = await refusal(name, bytes());
    expect(error).toBeInstanceOf(UsageError);
    expect(error.exitCode).toBe(2);
    expect(error.message).toContain(`${name} ${words}`);
    expect(error.next).toContain('clang');
  });

  it('takes an object without BTF, and says so once', async () => {
    const source = join(folder, 'no-btf.bpf.c');
    await writeFile(source, '__attribute__((section("lsm/file_open"), used)) int f(void *c) { return 0; }\n');
    compile(source, []);
    const files = [healthy, source.replace(/c$/, 'o')];
    expect(objectNotices(await readObjects(files))).toEqual([
      'no-btf has no BTF: failures have no source lines (build it with -g)',
    ]);
  });

  it('takes an object that has nothing but maps, and none that has neither maps nor programs', async () => {
    const maps = join(folder, 'maps.bpf.c');
    await writeFile(maps, '__attribute__((section(".maps"), used)) struct { int (*type)[1]; } table;\n');
    compile(maps, ['-g']);
    expect((await readObjects([maps.replace(/c$/, 'o')])).map(({ identity }) => identity.sections)).toEqual([[]]);
    const empty = join(folder, 'no-programs.bpf.c');
    await writeFile(empty, 'int number = 1;\n');
    expect((await refusal('no-programs.bpf.o', compile(empty, ['-g']))).message).toContain('has no programs');
  });

  it('one by one, a file that is no object keeps the others from nothing, unless there are no others', async () => {
    const bad = join(folder, 'bad.bpf.o');
    await writeFile(bad, 'not an object');
    const objects = await readObjectsOneByOne([bad, healthy]);
    expect(objects.map(({ identity, fault }) => [identity.name, fault])).toEqual([
      ['bad', 'is not an ELF file'],
      ['healthy', null],
    ]);
    expect(objects[0]?.identity).toMatchObject({ size: 13, compiler: null, sections: [] });
    await expect(readObjectsOneByOne([bad, bad])).rejects.toThrow(/bad.bpf.o is not an ELF file/);
    await expect(readObjectsOneByOne([healthy, join(folder, 'gone.o')])).rejects.toThrow(/gone.o cannot be read/);
  });

  it('names a missing file', async () => {
    await expect(readObjects([join(folder, 'missing.bpf.o')])).rejects.toThrow(/missing.bpf.o cannot be read/);
  });

  it('survives every single truncation of a real object', async () => {
    for (let length = 0; length < good.length; length += 97) {
      const error = await refusal('cut.o', good.subarray(0, length));
      expect(error).toBeInstanceOf(UsageError);
    }
  });
});

it('gives every object of a run its own name', () => {
  expect(uniqueObjectNames(['a/x.bpf.o', 'b/x.bpf.o', 'c/y.o', 'x-2.bpf.o'])).toEqual(['a-x', 'b-x', 'y', 'x-2']);
  expect(uniqueObjectNames(['x.bpf.o', './x.o', 'd/a/z.o', 'e/a/z.o'])).toEqual(['x', 'x-2', 'a-z', 'a-z-2']);
  expect(uniqueObjectNames(['a/x.o', 'a-x.o', 'x.o'])).toEqual(['a-x', 'a-x-2', 'x']);
});

function compile(source: string, flags: string[]): Buffer {
  const output = source.replace(/c$/, 'o');
  const clang = ['clang-19', 'clang-18', 'clang-17', 'clang-16', 'clang-15', 'clang'].find((name) => {
    try {
      execFileSync(name, ['--version'], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  });
  execFileSync(clang!, ['-target', 'bpf', '-O2', ...flags, '-c', source, '-o', output]);
  return execFileSync('cat', [output]);
}

describe('objects for different architectures', () => {
  const arm = targetNamed('arm64') ?? unnamedTarget;
  const namesOf = async (targets: Readonly<Record<string, Target>>) => {
    const files = ['healthy.bpf.o', 'arm64/healthy.bpf.o', 'other.bpf.o'].map((name) => join(folder, 'apart', name));
    await mkdir(join(folder, 'apart/arm64'), { recursive: true });
    for (const file of files) await writeFile(file, good);
    const objects = await readObjectsOneByOne(files, (file) => targets[file.slice(folder.length + 7)] ?? null);
    return objects.map(({ identity: { name, architecture } }) => [name, architecture]);
  };

  it('have one name: no kernel is given both', async () => {
    expect(await namesOf({ 'healthy.bpf.o': unnamedTarget, 'arm64/healthy.bpf.o': arm })).toEqual([
      ['healthy', 'x86_64'],
      ['healthy', 'arm64'],
      ['other', undefined],
    ]);
  });

  it('have names of their own where a kernel is given both', async () => {
    expect(await namesOf({ 'arm64/healthy.bpf.o': arm })).toEqual([
      ['apart-healthy', undefined],
      ['arm64-healthy', 'arm64'],
      ['other', undefined],
    ]);
  });
});
