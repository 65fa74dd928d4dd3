// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { readRegularFile } from '../proc/regular-file.js';
import { UsageError } from '../model/errors.js';
import type { Upload } from '../model/agent.js';
import { hostTarget, type Target } from '../target.js';
import { ElfError } from './elf-header.js';
import { type ElfExecutable, readExecutable } from './elf-executable.js';
import { sharedLibraries } from './libraries.js';

/** A regular file of this host. `place` is who asked for it: `matrix.config.json: agent.binary`. */
export async function readHostFile(file: string, place: string): Promise<{ bytes: Buffer; mode: number }> {
  try {
    const bytes = await readRegularFile(file);
    return { bytes, mode: (await stat(file)).mode & 0o777 };
  } catch (error) {
    throw new UsageError({
      message: `${place}: ${file} cannot be read: ${(error as Error).message}`,
      next: 'build it first, or name another; paths are relative to the file that names them',
      cause: error,
    });
  }
}

/** A program with everything it needs to be started in a guest. */
export interface ProgramFiles {
  /** Lower-case hex. */
  readonly sha256: string;
  readonly target: Target;
  /** The program itself at `path`, then its libraries. */
  readonly uploads: readonly Upload[];
  /** Absolute paths of the libraries in the guest. */
  readonly libraries: readonly string[];
}

/** Reads a program and its libraries. Throws UsageError, with `place` before it, for what is none or lacks one. */
export async function readProgram(
  file: string,
  options: { readonly place: string; readonly path: string; readonly libraries: readonly string[] },
): Promise<ProgramFiles> {
  const { place, path, libraries } = options;
  const { bytes } = await readHostFile(file, place);
  const elf = executable(bytes, `${place}: ${file}`);
  const found = await sharedLibraries({ file, elf, place }, libraries);
  const uploads = await Promise.all(
    found.map(async (library): Promise<Upload> => {
      return { path: library.path, bytes: (await readHostFile(library.file, place)).bytes, mode: 0o755 };
    }),
  );
  return {
    target: elf.target,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    uploads: [{ path, bytes, mode: 0o755 }, ...uploads],
    libraries: uploads.map((upload) => upload.path),
  };
}

function executable(bytes: Buffer, label: string): ElfExecutable {
  try {
    return readExecutable(bytes);
  } catch (error) {
    if (!(error instanceof ElfError)) throw error;
    throw new UsageError({ message: `${label} ${error.message}`, next: nextStep(bytes), cause: error });
  }
}

function nextStep(bytes: Buffer): string {
  if (bytes.toString('latin1', 0, 2) !== '#!') return `name a program built for ${hostTarget.title} Linux`;
  return 'it is a script, and the guest has no interpreter: name the interpreter, and give it the script as a file';
}
