// SPDX-License-Identifier: Apache-2.0
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cacheFolder } from '../../../kernels/cache/folder.js';
import { targetNamed, unnamedTarget } from '../../../target.js';
import { warningModule } from '../../../run/selftest/warn-module.js';
import { smallModule } from '../../fixtures/evidence-module.js';

/** Overlay modules of kernels that this machine has fetched; none on a machine that has not. */
function realModules(): readonly (readonly [string, Buffer])[] {
  const folder = join(cacheFolder(), 'kernels');
  try {
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    const found = files.filter((file) => file.endsWith('/kernel/fs/overlayfs/overlay.ko'));
    const all = found.map(
      (file) => [/modules\/([^/]+)/.exec(file)?.[1] ?? file, readFileSync(join(folder, file))] as const,
    );
    return all.filter(([, bytes]) => bytes.readUInt16LE(18) === unnamedTarget.elfMachine);
  } catch {
    return [];
  }
}

interface Reloc {
  readonly at: number;
  readonly place: number;
  readonly type: number;
  readonly symbol: number;
  readonly addend: number;
}

/** A second reader of ELF, after the gABI, sharing nothing with the one under test. */
function readElf(elf: Buffer) {
  const word = (at: number): number => Number(elf.readBigUInt64LE(at));
  const text = (at: number): string => elf.subarray(at, elf.indexOf(0, at)).toString('latin1');
  const table = word(40);
  const size = elf.readUInt16LE(58);
  const names = word(table + elf.readUInt16LE(62) * size + 24);
  const sections = Array.from({ length: elf.readUInt16LE(60) }, (_, n) => {
    const at = table + n * size;
    return { index: n, name: text(names + elf.readUInt32LE(at)), offset: word(at + 24), size: word(at + 32) };
  });
  const section = (name: string) => sections.find((one) => one.name === name)!;
  const strings = section('.strtab').offset;
  const symbols = Array.from({ length: section('.symtab').size / 24 }, (_, n) => {
    const at = section('.symtab').offset + n * 24;
    return { name: text(strings + elf.readUInt32LE(at)), section: elf.readUInt16LE(at + 6), value: word(at + 8) };
  });
  const relocs = (name: string): readonly Reloc[] =>
    Array.from({ length: section(name).size / 24 }, (_, n) => {
      const at = section(name).offset + n * 24;
      const [type, symbol] = [elf.readUInt32LE(at + 8), elf.readUInt32LE(at + 12)];
      return { at, place: word(at), type, symbol, addend: Number(elf.readBigInt64LE(at + 16)) };
    });
  /** Section headers come last; what a file has beyond them is no part of the module. */
  const end = table + sections.length * size;
  return { sections, section, symbols, relocs, end };
}

/** Where init is, in its section and in the file. */
function initOf(elf: Buffer) {
  const { sections, symbols } = readElf(elf);
  const init = symbols.find(({ name }) => name === 'init_module')!;
  const home = sections[init.section]!;
  return { home, value: init.value, file: home.offset + init.value };
}

const ud2 = Buffer.from('0f0b31c0c3', 'hex');
const made = [true, false].flatMap((pad) =>
  [true, false].map((call) => [`a small one, pad ${pad}, call ${call}`, smallModule({ pad, call })] as const),
);
const signed = Buffer.concat([
  smallModule({ pad: true, call: true }),
  Buffer.alloc(300, 0x5a),
  Buffer.from([0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 1, 0x2c]),
  Buffer.from('~Module signature appended~\n'),
]);
const modules = [...made, ['a signed one', signed] as const, ...realModules()];

describe.each(modules)('%s', (_, original) => {
  const warning = warningModule(unnamedTarget.warning, original, 'overlay', 'warning');
  const before = readElf(original);
  const after = readElf(warning);
  const { home, value, file } = initOf(original);
  const start = warning.subarray(file, file + 32).indexOf(ud2);
  const body = value + start;

  it('runs into ud2 after its landing pad and the call of ftrace, then returns 0', () => {
    expect([0, 4, 5, 9]).toContain(start);
    expect(warning.subarray(file, file + start)).toEqual(original.subarray(file, file + start));
    if (start >= 5) expect(original[file + start - 5]).toBe(0xe8);
    if (start === 4 || start === 9) expect(original.readUInt32BE(file)).toBe(0xf30f1efa);
  });

  it('has no relocation on the new instructions, and all the others', () => {
    const old = before.relocs(`.rela${home.name}`);
    const now = after.relocs(`.rela${home.name}`);
    const hits = (one: Reloc) => one.place + 4 > body && one.place < body + ud2.length;
    expect(now.filter((one) => one.type !== 0 && hits(one))).toEqual([]);
    expect(now.filter((one) => !hits(one))).toEqual(old.filter((one) => !hits(one)));
    expect(now).toHaveLength(old.length);
  });

  it('calls that place a warning in its bug table', () => {
    const [first, ...rest] = after.relocs('.rela__bug_table');
    const target = after.symbols[first!.symbol]!;
    expect(first).toMatchObject({ place: 0, type: 2 });
    expect(target.section).toBe(home.index);
    expect(target.value + first!.addend).toBe(body);
    expect(rest).toEqual(before.relocs('.rela__bug_table').slice(1));
  });

  it('has another name, and nothing else that is other', () => {
    const self = after.section('.gnu.linkonce.this_module');
    const bytes = warning.subarray(self.offset, self.offset + self.size);
    expect(bytes.includes('warning\0')).toBe(true);
    expect(bytes.includes('overlay')).toBe(false);
    const touched = [home, ...[`.rela${home.name}`, '.rela__bug_table', '.modinfo', self.name].map(after.section)];
    const changed = [...warning.keys()].filter((at) => warning[at] !== original[at]);
    for (const at of changed) {
      expect(touched.some(({ offset, size }) => at >= offset && at < offset + size)).toBe(true);
    }
    expect(changed.length).toBeLessThan(120);
  });

  it('has no signature, which could only be a wrong one', () => {
    expect(warning).toHaveLength(before.end);
    expect(warning.includes('Module signature appended')).toBe(false);
  });

  it('leaves its original as it was', () => {
    const copy = Buffer.from(original);
    warningModule(unnamedTarget.warning, original, 'overlay', 'warning');
    expect(original.equals(copy)).toBe(true);
  });
});

describe.each(realModules())('the first bug of %s', (_, original) => {
  it('is a warning, not a BUG', () => {
    const { section, relocs } = readElf(original);
    const table = section('__bug_table');
    // Entries are as long as it is from one .text address to the next; the flags come last in them.
    const [first, ...rest] = relocs('.rela__bug_table');
    const length = rest.find(({ symbol }) => symbol === first?.symbol)?.place ?? 12;
    const flags = original.readUInt16LE(table.offset + length - 2);
    expect([12, 16]).toContain(length);
    expect(flags & 1).toBe(1);
  });
});

it('is made for another architecture by its own instructions, after the nops that are there for ftrace', () => {
  const code = targetNamed('arm64')?.warning ?? unnamedTarget.warning;
  const original = smallModule({ pad: false, call: false });
  const { file, home } = initOf(original);
  const nops = Buffer.from('1f2003d51f2003d5', 'hex');
  nops.copy(original, file);
  const warning = warningModule(code, original, 'overlay', 'warning');
  const brk = Buffer.from('000021d400008052c0035fd6', 'hex');
  expect(warning.subarray(file, file + 20)).toEqual(Buffer.concat([nops, brk]));
  const [first] = readElf(warning).relocs('.rela__bug_table');
  expect(first).toMatchObject({ type: 261, addend: 8 });
  expect(home.name).toBe('.init.text');
});

describe('what is no such module', () => {
  const whole = { pad: true, call: true };

  it.each(['.symtab', '.strtab', '.rela.init.text', '.rela__bug_table', '.modinfo', '.gnu.linkonce.this_module'])(
    'one without %s is refused by that name',
    (without) => {
      expect(() =>
        warningModule(unnamedTarget.warning, smallModule({ ...whole, without }), 'overlay', 'warning'),
      ).toThrow(without);
    },
  );

  it('is one without init, or under another name', () => {
    const noInit = smallModule({ ...whole, symbol: 'init_other' });
    expect(() => warningModule(unnamedTarget.warning, noInit, 'overlay', 'warning')).toThrow('no init_module');
    expect(() => warningModule(unnamedTarget.warning, smallModule(whole), 'dummyxx', 'warning')).toThrow(
      'does not name dummyxx',
    );
    expect(() => warningModule(unnamedTarget.warning, smallModule(whole), 'overlay', 'warn')).toThrow(
      'as long as the old one',
    );
  });
});
