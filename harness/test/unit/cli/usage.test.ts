// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { Ending } from '../../../cli/ending.js';
import { runCommandLine } from '../../../cli/program.js';
import { hostTarget, targetNames } from '../../../target.js';

afterEach(() => {
  vi.restoreAllMocks();
});

/** What a command line that cannot be says. */
async function refused(...argv: readonly string[]): Promise<string> {
  let text = '';
  vi.spyOn(process.stderr, 'write').mockImplementation((part) => {
    text += String(part);
    return true;
  });
  expect(await runCommandLine(argv, new Ending()), argv.join(' ')).toBe(2);
  return text;
}

it.each([
  [['kernels', 'list'], 'kernels list'],
  [['scenarios', 'list'], 'scenarios list'],
  [['cache', 'list'], 'cache list'],
  [['manifest', 'check'], 'manifest check'],
  [['kernels'], 'kernels'],
  [['doctor'], 'doctor'],
  [['run'], ''],
] as const)('%j: a flag that is none ends with 2, and with the help of that very command', async (words, help) => {
  const text = await refused(...words, '--no-such-flag');
  expect(text).toContain("error: unknown option '--no-such-flag'");
  expect(text).toMatch(new RegExp(`\\n  next: \\S.*${help === '' ? '' : ` ${help}`} --help\\n$`));
});

it.each([
  ['--memory', '1', 'MiB from 128'],
  ['--jobs', '0', "not '0'"],
  ['--reporter', 'nobody', "not 'nobody'"],
  ['--reporter', 'junit=', 'names no file'],
])('--list lists nothing that could not be run: %s %s', async (flag, value, said) => {
  const text = await refused('--list', '-k', '6.12', flag, value);
  expect(text).toMatch(/^error: .*\n {2}next: \S/);
  expect(text).toContain(said);
});

it('bench boots nothing for an object that is none', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'usage-'));
  const object = join(folder, 'text.o');
  await writeFile(object, 'hello\n');
  expect(await refused('bench', '--object', object)).toContain('is not an ELF file\n  next: compile');
  await rm(folder, { recursive: true });
});

const other = targetNames.find((name) => name !== hostTarget.name)!;

it('watch builds our own object for one architecture', async () => {
  const text = await refused('watch', '-k', `6.12,6.12/${other}`);
  expect(text).toContain('our own object is built for one architecture');
});

it.each([
  ['bisect', 'build/aegis.bpf.o', '-p', 'deny_open', '--arch', 'x86_64,arm64'],
  ['doctor', '--arch', 'mips'],
  ['kernels', 'fetch', '--arch', 'mips'],
  ['kernels', 'list', '--arch', 'mips'],
])('%s %s is told which architectures there are', async (...words) => {
  expect(await refused(...words)).toMatch(/--arch/);
});
