// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { boundObjects, boundUnlessSpokenOf } from '../../../cli/architectures.js';
import { readBpfElf } from '../../../config/elf.js';
import { shownArchitecture } from '../../../config/object-architecture.js';
import { readObjects } from '../../../config/objects.js';
import type { Expectation } from '../../../model/expectation.js';
import { targets, type Target } from '../../../target.js';

const variant = (name: string): string => `build/variants/${name}.bpf.o`;
const [x86] = targets as readonly [Target, ...Target[]];

describe('what an object is certainly built for', () => {
  it.each([
    ['arch_x86', 'x86_64', 'its kprobe/do_unlinkat reads di of struct pt_regs'],
    ['arch_arm64', 'arm64', 'its kprobe/do_unlinkat reads regs of struct user_pt_regs'],
    ['arch_entry', 'arm64', 'it has SEC("kprobe/__arm64_sys_unlinkat")'],
  ])('%s: %s', async (name, architecture, shows) => {
    const [object] = await readObjects([variant(name)]);
    expect([object?.identity.architecture, object?.shows]).toEqual([architecture, shows]);
  });

  it.each(['arch_both', 'arch_guarded', 'arch_optional', 'healthy', 'attach_kinds', 'unusual', 'cases/no_btf'])(
    'is not said of %s',
    async (name) => {
      const [object] = await readObjects([variant(name)]);
      expect([object?.identity.architecture, object?.shows]).toEqual([undefined, undefined]);
    },
  );

  it('is not said of what only reads like it: another struct, another member', async () => {
    const good = await readFile(variant('arch_x86'));
    const renamed = (from: string, to: string): Buffer =>
      Buffer.from(good.toString('latin1').replaceAll(`\0${from}\0`, `\0${to}\0`), 'latin1');
    for (const other of [renamed('pt_regs', 'pt_rags'), renamed('di', 'xx')]) {
      expect(shownArchitecture(other, readBpfElf(other))).toBeNull();
    }
  });
});

describe('BTF that cannot be read', () => {
  it('tells nothing, and throws nothing', async () => {
    const good = await readFile(variant('arch_x86'));
    const sections = readBpfElf(good);
    const parts = sections.filter(({ name }) => name.startsWith('.BTF'));
    expect(parts).toHaveLength(2);
    for (const { offset, size } of parts) {
      for (let at = offset; at < offset + size; at++) {
        for (const value of [0x00, 0x7f, 0xff]) {
          const bytes = Buffer.from(good);
          bytes[at] = value;
          expect([null, x86]).toContain(shownArchitecture(bytes, sections)?.target ?? null);
        }
      }
      const short = sections.map((one) => (one.offset === offset ? { ...one, size: size >> 1 } : one));
      expect(shownArchitecture(good, short)).toBeNull();
    }
  });
});

describe('an object whose owner says what becomes of it', () => {
  const entry: Expectation = {
    ...{ object: 'arch_*', program: '*', kernels: '6.12/arm64', expect: 'fails', code: null },
    reason: 'only for the audit of both',
  };
  const expecting = (one: Expectation) => ({ scope: 'whole', entries: [one] }) as const;

  it('is given to kernels of every architecture', async () => {
    const [object] = await readObjects([variant('arch_x86')]);
    if (object === undefined) throw new Error('no object');
    expect(boundObjects([object]).map(({ target }) => target)).toEqual([x86]);
    expect(boundObjects([boundUnlessSpokenOf(object, expecting(entry))])).toEqual([]);
    for (const other of [undefined, expecting({ ...entry, object: 'others' })]) {
      expect(boundUnlessSpokenOf(object, other)).toBe(object);
    }
  });
});
