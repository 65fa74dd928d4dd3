// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { basename, dirname } from 'node:path';
import { readRegularFile } from '../proc/regular-file.js';
import { isFor } from '../model/builds.js';
import { UsageError } from '../model/errors.js';
import type { ObjectNeeds } from '../model/needs.js';
import type { ObjectIdentity } from '../model/object.js';
import { type Target, targetNamed } from '../target.js';
import { compilerOf, mapSections, programSections, readBpfElf } from './elf.js';
import { ElfError } from './elf-header.js';
import { shownArchitecture } from './object-architecture.js';

/** A file that was named as an object. */
export interface ObjectFile {
  readonly identity: ObjectIdentity;
  readonly bytes: Buffer;
  /** Why it is none, one clause; null for an object that is worth booting a kernel for. */
  readonly fault: string | null;
  /** What the configuration gives it; absent where that is nothing. */
  readonly needs?: ObjectNeeds;
  /** Objects that its programs are attached to programs of. */
  readonly targets?: readonly TargetFile[];
  /** What in it shows that it is for its architecture alone, one clause; absent where nothing does. */
  readonly shows?: string;
}

/** An object that is loaded before the one that is attached to a program of it. */
export type TargetFile = Pick<ObjectFile, 'bytes'> & Pick<ObjectIdentity, 'sha256'>;

/** Reads and checks every object. Throws UsageError for the first that cannot be one. `names` are unique, one a file. */
export async function readObjects(
  files: readonly string[],
  names: readonly string[] = uniqueObjectNames(files),
): Promise<readonly ObjectFile[]> {
  const objects = await readAll(files, names);
  const [first] = objects.filter(({ fault }) => fault !== null);
  if (first !== undefined) throw refusal(first);
  return objects;
}

/**
 * As `readObjects`, for a run in which each object is a row of its own: what is no object is one, too, and keeps the others
 * from nothing. `targetOf`: which architecture a file is for, where that is known. Files for different architectures may have
 * one name: they are the same object. Throws UsageError for a file that cannot be read, and when none of them is an object.
 */
export async function readObjectsOneByOne(
  files: readonly string[],
  targetOf: (file: string) => Target | null = () => null,
): Promise<readonly ObjectFile[]> {
  const read = await readAll(files, files);
  const [first] = read;
  if (first !== undefined && read.every(({ fault }) => fault !== null)) throw refusal(first);
  const bound = read.map((object) => boundTo(object, targetOf(object.identity.file)));
  const names = namesByArchitecture(bound.map(({ identity }) => identity));
  return bound.map((object, index) => {
    const { identity } = object;
    return { ...object, identity: { ...identity, name: names[index] ?? identity.name } };
  });
}

function boundTo(object: ObjectFile, target: Target | null): ObjectFile {
  return target === null ? object : { ...object, identity: { ...object.identity, architecture: target.name } };
}

/** What is to be said of the objects before anything boots, once each. */
export function objectNotices(objects: readonly ObjectFile[]): readonly string[] {
  const sound = objects.filter(({ fault }) => fault === null);
  const silent = sound.filter(({ bytes }) => !readBpfElf(bytes).some(({ name }) => name === '.BTF'));
  return silent.map(({ identity: { name } }) => `${name} has no BTF: failures have no source lines (build it with -g)`);
}

function readAll(files: readonly string[], names: readonly string[]): Promise<readonly ObjectFile[]> {
  return Promise.all(files.map((file, index) => readObject(file, names[index] ?? file)));
}

async function readObject(file: string, name: string): Promise<ObjectFile> {
  const bytes = await readBytes(file);
  const common = { name, file, sha256: createHash('sha256').update(bytes).digest('hex'), size: bytes.length };
  try {
    const sections = readBpfElf(bytes);
    const programs = programSections(sections);
    if (programs.length + mapSections(sections).length === 0) {
      throw new ElfError('has no programs: no executable section but .text; and it has no maps');
    }
    const compiler = compilerOf(bytes, sections);
    const identity = { ...common, compiler, sections: programs.map((section) => section.name) };
    const shown = shownArchitecture(bytes, sections);
    if (shown === null) return { identity, bytes, fault: null };
    return { identity: { ...identity, architecture: shown.target.name }, bytes, fault: null, shows: shown.shows };
  } catch (error) {
    if (!(error instanceof ElfError)) throw error;
    return { identity: { ...common, compiler: null, sections: [] }, bytes, fault: error.message };
  }
}

function refusal({ identity, fault }: ObjectFile): UsageError {
  return new UsageError({ message: `object ${identity.file} ${fault}`, next: nextStep(fault ?? '') });
}

async function readBytes(file: string): Promise<Buffer> {
  try {
    return await readRegularFile(file);
  } catch (error) {
    throw new UsageError({
      message: `object ${file} cannot be read: ${(error as Error).message}`,
      next: 'build it first, or name another',
      cause: error,
    });
  }
}

function nextStep(fault: string): string {
  if (fault.includes('programs')) return 'put each program in a section with SEC("...")';
  return 'compile with clang -target bpf -g -O2 -c';
}

/**
 * `a/x.bpf.o b/x.bpf.o y.o` become `a-x`, `b-x` and `y`: two of one name are told apart by the folder they are in, and by a
 * number where that is the same, too.
 */
export function uniqueObjectNames(files: readonly string[]): readonly string[] {
  const stems = files.map((file) => basename(file).replace(/(?:\.bpf)?\.o$/, ''));
  const wished = files.map((file, index) => {
    const [stem = '', folder] = [stems[index], basename(dirname(file))];
    const shared = stems.filter((other) => other === stem).length > 1;
    return shared && !/^\.*$/.test(folder) ? `${folder}-${stem}` : stem;
  });
  const taken = new Set(wished);
  return wished.map((name, index) => {
    if (wished.indexOf(name) === index) return name;
    let next = 2;
    while (taken.has(`${name}-${next}`)) next++;
    taken.add(`${name}-${next}`);
    return `${name}-${next}`;
  });
}

/** As `uniqueObjectNames`, but for files that no kernel is given both of. */
function namesByArchitecture(all: readonly Pick<ObjectIdentity, 'file' | 'architecture'>[]): readonly string[] {
  const names = new Map<string, string>();
  const architectures = [...new Set(all.flatMap(({ architecture }) => architecture ?? []))];
  for (const target of architectures.map(targetNamed)) {
    const files = all.flatMap((one) => (target !== null && isFor(one, target) ? [one.file] : []));
    for (const [index, name] of uniqueObjectNames(files).entries()) {
      const file = files[index] ?? '';
      // What is for all of them has one name.
      if ((names.get(file) ?? name) !== name) return uniqueObjectNames(all.map((one) => one.file));
      names.set(file, name);
    }
  }
  const files = all.map(({ file }) => file);
  return architectures.length === 0 ? uniqueObjectNames(files) : files.map((file) => names.get(file) ?? file);
}
