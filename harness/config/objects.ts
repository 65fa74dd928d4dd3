import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { UsageError } from '../model/errors.js';
import type { ObjectIdentity } from '../model/object.js';
import { compilerOf, programSections, readBpfElf } from './elf.js';
import { ElfError } from './elf-header.js';

/** An object that is worth booting a kernel for. */
export interface ObjectFile {
  readonly identity: ObjectIdentity;
  readonly bytes: Buffer;
}

/** Reads and checks every object. Throws UsageError for the first that cannot be one. `names` are unique, one a file. */
export async function readObjects(
  files: readonly string[],
  names: readonly string[] = uniqueNames(files),
): Promise<readonly ObjectFile[]> {
  return Promise.all(files.map((file, index) => readObject(file, names[index] ?? file)));
}

async function readObject(file: string, name: string): Promise<ObjectFile> {
  const bytes = await readBytes(file);
  try {
    const sections = readBpfElf(bytes);
    const programs = programSections(sections);
    if (programs.length === 0) throw new ElfError('has no programs: no executable section but .text');
    const identity: ObjectIdentity = {
      name,
      file,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      size: bytes.length,
      compiler: compilerOf(bytes, sections),
      sections: programs.map((section) => section.name),
    };
    return { identity, bytes };
  } catch (error) {
    if (!(error instanceof ElfError)) throw error;
    throw new UsageError({ message: `object ${file} ${error.message}`, next: nextStep(error), cause: error });
  }
}

/** What is to be said of the objects before anything boots, once each. */
export function noticesAbout(objects: readonly ObjectFile[]): readonly string[] {
  const silent = objects.filter(({ bytes }) => !readBpfElf(bytes).some(({ name }) => name === '.BTF'));
  return silent.map(({ identity: { name } }) => `${name} has no BTF: failures have no source lines (build it with -g)`);
}

async function readBytes(file: string): Promise<Buffer> {
  try {
    // A FIFO or a device would be read for ever.
    if (!(await stat(file)).isFile()) throw new Error('it is not a regular file');
    return await readFile(file);
  } catch (error) {
    throw new UsageError({
      message: `object ${file} cannot be read: ${(error as Error).message}`,
      next: 'build it first, or name another with --object FILE',
      cause: error,
    });
  }
}

function nextStep(error: ElfError): string {
  if (error.message.includes('programs')) return 'put each program in a section with SEC("...")';
  return 'compile with clang -target bpf -g -O2 -c';
}

/** `a/x.bpf.o b/x.bpf.o` become `x` and `x-2`; a file that is called `x-2` keeps its name. */
export function uniqueNames(files: readonly string[]): readonly string[] {
  const stems = files.map((file) => basename(file).replace(/(?:\.bpf)?\.o$/, ''));
  const taken = new Set(stems);
  return stems.map((stem, index) => {
    if (stems.indexOf(stem) === index) return stem;
    let next = 2;
    while (taken.has(`${stem}-${next}`)) next++;
    taken.add(`${stem}-${next}`);
    return `${stem}-${next}`;
  });
}
