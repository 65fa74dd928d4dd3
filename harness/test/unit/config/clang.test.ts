// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { buildWithClangs, withoutEqualBuilds, hashOfLoadedSections, parseClangs } from '../../../config/clang.js';
import { readBpfElf } from '../../../config/elf.js';
import { pinnedBuild } from '../../../config/libbpf.js';
import { readObjects } from '../../../config/objects.js';
import { UsageError } from '../../../model/errors.js';
import { hostTarget } from '../../../target.js';

const root = process.cwd();
const options = {
  root,
  build: pinnedBuild(root),
  target: hostTarget,
  signal: new AbortController().signal,
  displayed: (file: string) => file,
};

describe('parseClangs', () => {
  it('takes versions and names, with commas or repeated', () => {
    expect(parseClangs('--clang', ['16,19', 'clang'])).toEqual(['clang-16', 'clang-19', 'clang']);
  });

  it.each([[['gcc']], [['']], [['19,']], [['-v']], [['clang-16/x']], [['19', 'clang-19']]])('refuses %j', (values) => {
    expect(() => parseClangs('--clang', values)).toThrow(UsageError);
  });
});

it('a compiler that is not there is named, with its package', async () => {
  await expect(buildWithClangs(['clang-999'], options)).rejects.toMatchObject({
    message: '--clang: there is no clang-999 on this host',
    next: expect.stringContaining('apt-get install clang-999') as unknown,
    exitCode: 2,
  });
});

describe('what is the same object', () => {
  async function changedIn(name: string): Promise<Buffer> {
    const bytes = await readFile('build/variants/healthy.bpf.o');
    const section = readBpfElf(bytes).find((one) => one.name === name);
    if (section === undefined) throw new Error(`no ${name}`);
    bytes.writeUInt8(bytes.readUInt8(section.offset + section.size - 2) ^ 1, section.offset + section.size - 2);
    return bytes;
  }

  it.each([
    ['.debug_str', true],
    ['lsm/file_open', false],
    ['.BTF', false],
    ['.BTF.ext', false],
    ['license', false],
    ['.symtab', false],
  ])('a byte of %s: same %s', async (name, same) => {
    const before = hashOfLoadedSections(await readFile('build/variants/healthy.bpf.o'));
    expect(hashOfLoadedSections(await changedIn(name)) === before).toBe(same);
  });

  it('is run once, and that is said', async () => {
    const bytes = await readFile('build/variants/healthy.bpf.o');
    const [object] = await readObjects(['build/variants/healthy.bpf.o'], ['aegis-clang-18']);
    if (object === undefined) throw new Error('no object');
    const named = (name: string, of: Buffer) => ({ ...object, identity: { ...object.identity, name }, bytes: of });
    const all = [object, named('aegis-clang-19', await changedIn('.debug_str')), named('x', await changedIn('.BTF'))];
    const { objects, notices } = withoutEqualBuilds(all);
    expect(objects.map(({ identity }) => identity.name)).toEqual(['aegis-clang-18', 'x']);
    expect(notices).toEqual(['aegis-clang-19 is aegis-clang-18 but for DWARF, and is run once, as the latter']);
    expect(hashOfLoadedSections(bytes)).toBe(hashOfLoadedSections(object.bytes));
  });
});
