// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { UsageError } from '../model/errors.js';
import { CommandError, type CommandResult, runProgram } from '../proc/run.js';
import { readBpfElf } from './elf.js';
import type { Target } from '../target.js';
import { type Build, builtFor, makeWords } from './libbpf.js';
import { readObjects, type ObjectFile } from './objects.js';

/** Our own object as several compilers build it. */
export interface ClangBuilds {
  /** One a compiler, in the order they were named; of those that are the same, the first. */
  readonly objects: readonly ObjectFile[];
  /** One for each object that is the same as one before. */
  readonly notices: readonly string[];
}

export interface ClangOptions {
  /** Root of the package. */
  readonly root: string;
  /** Where to, and with which libbpf. */
  readonly build: Build;
  /** Of the kernels that it is for. */
  readonly target: Target;
  readonly signal: AbortSignal;
  /** How a path is shown. */
  readonly displayed: (file: string) => string;
}

/** `16,19` or `clang-16`, repeatable, as names of commands. Throws UsageError for what cannot be one, or is there twice. */
export function parseClangs(option: string, values: readonly string[]): readonly string[] {
  const words = values.flatMap((value) => value.split(',')).map((word) => word.trim());
  const names = words.map((word) => (/^\d+$/.test(word) ? `clang-${word}` : word));
  const bad = names.find((name) => !/^clang(-\d+)?$/.test(name));
  if (bad !== undefined) {
    throw new UsageError({
      message: `${option} takes versions of clang, not '${bad}'`,
      next: `name what is installed: ${option} 16,19, or ${option} clang for the default one`,
    });
  }
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw new UsageError({ message: `${option} names ${twice} twice`, next: 'name it once' });
  return names;
}

/**
 * Builds the enforcement object with each compiler, in a folder of its own: build/clang-16.
 * @throws UsageError for a compiler that is not there or does not build it; the signal's reason.
 */
export async function buildWithClangs(names: readonly string[], options: ClangOptions): Promise<ClangBuilds> {
  const files: string[] = [];
  // One after the other: they take two seconds each, and make runs as many jobs as it likes.
  for (const name of names) files.push(options.displayed(await compile(name, options)));
  return withoutEqualBuilds(
    await readObjects(
      files,
      names.map((name) => `aegis-${name}`),
    ),
  );
}

async function compile(name: string, { root, build, target, signal }: ClangOptions): Promise<string> {
  await checkInstalled(name, signal);
  const folder = join(builtFor(target, build.folder), name);
  const object = join(folder, 'aegis.bpf.o');
  const words = [...makeWords(root, build, target), `CLANG=${name}`, `BUILD=${folder}`];
  const made = await make([...words, object], signal);
  if (made.exitCode === 0) return object;
  const lines = made.stderr.split('\n');
  const said = lines.find((line) => line.includes('error:')) ?? lines.find((line) => line !== '') ?? 'no words';
  throw new UsageError({
    message: `--clang: ${name} does not build bpf/aegis: ${said}`,
    next: `see all it says: make ${words.join(' ')}`,
  });
}

async function checkInstalled(name: string, signal: AbortSignal): Promise<void> {
  try {
    await runProgram(name, ['--version'], { signal });
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof CommandError) || error.reason !== 'not-found') throw error;
    throw new UsageError({
      message: `--clang: there is no ${name} on this host`,
      next: `install it: apt-get install ${name} (Debian 12 has clang-13 to clang-16 and clang-19), or name another`,
      cause: error,
    });
  }
}

async function make(args: readonly string[], signal: AbortSignal): Promise<CommandResult> {
  try {
    return await runProgram('make', args, { signal });
  } catch (error) {
    signal.throwIfAborted();
    const message = `--clang: make could not be run: ${(error as Error).message}`;
    throw new UsageError({ message, next: 'install make: scripts/bootstrap names all packages', cause: error });
  }
}

/** Leaves out what is the same as an object before, and says so. */
export function withoutEqualBuilds(objects: readonly ObjectFile[]): ClangBuilds {
  const kept = new Map<string, ObjectFile>();
  const notices: string[] = [];
  for (const object of objects) {
    const hash = hashOfLoadedSections(object.bytes);
    const before = kept.get(hash);
    if (before === undefined) kept.set(hash, object);
    else
      notices.push(`${object.identity.name} is ${before.identity.name} but for DWARF, and is run once, as the latter`);
  }
  return { objects: [...kept.values()], notices };
}

/** What names the compiler or only helps a debugger; libbpf and the kernel read nothing of it. */
const unread = /^(?:\.rel)?\.(?:debug_|comment$|llvm_addrsig$)/;

/** SHA-256 of all sections that matter to a load, names and contents: the same for the same program. */
export function hashOfLoadedSections(bytes: Buffer): string {
  const hash = createHash('sha256');
  for (const { name, type, offset, size } of readBpfElf(bytes)) {
    if (unread.test(name)) continue;
    hash.update(`${name} ${type} ${size}\n`);
    // SHT_NOBITS has a size and no bytes.
    if (type !== 8) hash.update(bytes.subarray(offset, offset + size));
  }
  return hash.digest('hex');
}
