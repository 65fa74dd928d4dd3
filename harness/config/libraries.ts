// SPDX-License-Identifier: Apache-2.0
import { dirname, isAbsolute } from 'node:path';
import { UsageError } from '../model/errors.js';
import { CommandError, runProgram } from '../proc/run.js';
import type { ElfExecutable } from './elf-executable.js';
import { type ListedLibrary, missingLibrary, readLoaderList } from './loader-list.js';

/** A file of the host that a program needs in the guest. */
export interface LibraryFile {
  /** Absolute path where the loader looks for it in the guest. */
  readonly path: string;
  /** Path on the host. */
  readonly file: string;
}

/** A program on the host, read already. */
export interface Program {
  readonly file: string;
  readonly elf: ElfExecutable;
  /** Who asked for it, as errors name it. */
  readonly place: string;
}

type Asker = Pick<Program, 'file' | 'place'>;

/** Milliseconds; a loader only maps files and prints. */
const listTimeout = 20_000;

/**
 * The loader and every shared library of a program, as its own loader finds them here. `extra` are libraries that are
 * opened at run time, or that lie where the loader does not look; they come first.
 *
 * In the guest each lies under the name it is asked for beside libc, where the loader looks last of all and always: the
 * guest has no ld.so.cache, and the program is not in the folder that its RUNPATH may be relative to.
 *
 * @throws UsageError naming the library that is missing.
 */
export async function sharedLibraries(program: Program, extra: readonly string[]): Promise<readonly LibraryFile[]> {
  const { interpreter } = program.elf;
  if (interpreter === null) {
    if (extra.length === 0) return [];
    throw new UsageError({
      message: `${program.place}: ${program.file} is static; it cannot use ${extra[0] ?? 'a library'}`,
      next: 'leave "libraries" out',
    });
  }
  const ask = (file: string): Promise<readonly ListedLibrary[]> =>
    listLibraries(interpreter, { file, place: program.place }, extra);
  const own = await ask(program.file);
  checkComplete(program, own);
  const others = (await Promise.all(extra.map(ask))).flat();
  const named = extra.map((file) => ({ name: baseName(file), file }));
  const folder = libcFolder(own, interpreter);
  const placed = new Map([[interpreter, interpreter]]);
  for (const { name, file } of [...own, ...named, ...others]) {
    const path = isAbsolute(name) ? name : `${folder}/${name}`;
    // The loader may be named once more, by another of its paths or as the libc that it is (musl).
    if (file !== interpreter && !placed.has(path)) placed.set(path, file);
  }
  return [...placed].map(([path, file]) => ({ path, file }));
}

async function listLibraries(
  interpreter: string,
  asker: Asker,
  extra: readonly string[],
): Promise<readonly ListedLibrary[]> {
  const folders = [...extra.map((path) => dirname(path)), process.env['LD_LIBRARY_PATH'] ?? ''].filter(Boolean);
  const env = { LD_LIBRARY_PATH: folders.join(':'), LD_PRELOAD: '' };
  try {
    // A loader searches for a name without a slash.
    const path = isAbsolute(asker.file) ? asker.file : `./${asker.file}`;
    const { exitCode, stdout, stderr } = await runProgram(interpreter, ['--list', path], { env, timeout: listTimeout });
    const missing = missingLibrary(stdout) ?? missingLibrary(stderr);
    if (missing !== null) throw missingError(asker, missing);
    if (exitCode !== 0) throw new Error(stderr.trim().split('\n')[0] ?? `exit ${exitCode}`);
    return readLoaderList(stdout);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw loaderError(interpreter, asker, error);
  }
}

function missingError({ file, place }: Asker, library: string): UsageError {
  return new UsageError({
    message: `${place}: ${file} needs the shared library ${library}, which is not on this host`,
    next: 'install it, put its folder in LD_LIBRARY_PATH, or name its file in agent.libraries',
  });
}

function loaderError(interpreter: string, { file, place }: Asker, error: unknown): UsageError {
  const absent = error instanceof CommandError && error.reason === 'not-found';
  return new UsageError({
    message: absent
      ? `${place}: ${file} asks for the loader ${interpreter}, which is not on this host`
      : `${place}: ${file}: its loader ${interpreter} cannot list its libraries: ${(error as Error).message}`,
    next: 'install the C library it was linked with, or link it statically',
    cause: error,
  });
}

/** A loader that does not know --list would run the program, and answer nothing of this. */
function checkComplete(program: Program, listed: readonly ListedLibrary[]): void {
  // The loader is listed by its path, also when it is asked for by its name.
  const names = new Set(listed.flatMap(({ name }) => [name, baseName(name)]));
  const missing = program.elf.needed.find((name) => !names.has(name));
  if (missing !== undefined) throw missingError(program, missing);
}

function libcFolder(listed: readonly ListedLibrary[], interpreter: string): string {
  return dirname(listed.find(({ name }) => /^libc\.so/.test(name))?.file ?? interpreter);
}

function baseName(file: string): string {
  return file.slice(file.lastIndexOf('/') + 1);
}
