// SPDX-License-Identifier: Apache-2.0
/** Reading what a dynamic loader answers to `--list` (glibc and musl write the same lines). */

/** A library as it was asked for, and the file that was found. */
export interface ListedLibrary {
  readonly name: string;
  readonly file: string;
}

const found = /^\s*(\S.*?) => (\/.*?) \(0x[0-9a-f]+\)$/;
/** The loader itself, or a library that is asked for by its path. */
const byPath = /^\s*(\/.*?) \(0x[0-9a-f]+\)$/;

/** Every library with its file. The kernel's own (linux-vdso) has none and is not in it. */
export function readLoaderList(text: string): readonly ListedLibrary[] {
  return text.split('\n').flatMap((line): ListedLibrary[] => {
    const [, name, file] = found.exec(line) ?? [];
    if (name !== undefined && file !== undefined) return [{ name, file }];
    const path = byPath.exec(line)?.[1];
    return path === undefined ? [] : [{ name: path, file: path }];
  });
}

/** The library that a loader could not find, from its output or its complaint; null when it names none. */
export function missingLibrary(text: string): string | null {
  const listed = /^\s*(\S+) => not found/m.exec(text)?.[1];
  return listed ?? /loading shared librar(?:y|ies):? ([^:\n]+):/i.exec(text)?.[1] ?? null;
}
