// SPDX-License-Identifier: Apache-2.0
import { readdir, stat } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { openRegularFile } from '../proc/regular-file.js';
import { UsageError } from '../model/errors.js';
import { isBpfElf } from './elf.js';
import { patternOf } from './glob.js';

/** What names on a command line stand for. */
export interface ObjectFiles {
  /** Each once, in the order of the names; those of a folder or pattern by name. */
  readonly files: readonly string[];
  /** What was left out, one line each. */
  readonly notices: readonly string[];
}

/**
 * A file stands for itself, a folder for every BPF object below it, a pattern (`*`, `?`, `[ab]`, `**` for any folders) for
 * what it matches. @throws UsageError for a folder or pattern that stands for nothing.
 */
export async function objectFiles(option: string, names: readonly string[]): Promise<ObjectFiles> {
  const parts = await Promise.all(names.map((name) => expand(option, name)));
  return {
    files: [...new Set(parts.flatMap(({ files }) => files))],
    notices: parts.flatMap(({ notices }) => notices),
  };
}

async function expand(option: string, name: string): Promise<ObjectFiles> {
  const info = await stat(name).catch(() => null);
  if (info?.isDirectory() === true) return inFolder(option, name);
  // A file whose name looks like a pattern is that file.
  return info === null && /[*?[]/.test(name) ? matching(option, name) : { files: [name], notices: [] };
}

async function inFolder(option: string, folder: string): Promise<ObjectFiles> {
  const found = (await filesBelow(folder)).filter((path) => path.endsWith('.o'));
  // Whoever calls a file .bpf.o means an object: where it is none, that is a finding. Other .o files may be anything.
  const sorted = await Promise.all(
    found.map(async (path) => ({ path, taken: path.endsWith('.bpf.o') || (await hasBpfHeader(path)) })),
  );
  const files = sorted.filter(({ taken }) => taken).map(({ path }) => path);
  if (files.length === 0) throw nothing(option, folder, 'there is no BPF object below it');
  const others = found.length - files.length;
  const notice = `${folder}: ${others} of ${found.length} .o files are no BPF objects and are left out`;
  return { files, notices: others === 0 ? [] : [notice] };
}

async function matching(option: string, pattern: string): Promise<ObjectFiles> {
  const folder = dirname(pattern.slice(0, pattern.search(/[*?[]/) + 1));
  const wanted = patternOf(relative(folder, pattern));
  const files = (await filesBelow(folder)).filter((path) => wanted.test(relative(folder, path)));
  if (files.length === 0) throw nothing(option, pattern, 'no file matches');
  return { files, notices: [] };
}

/** In the order of their names; those that cannot be listed have nothing below. */
async function filesBelow(folder: string): Promise<readonly string[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return found
    .filter((item) => item.isFile() || item.isSymbolicLink())
    .map((item) => join(item.parentPath, item.name))
    .sort();
}

async function hasBpfHeader(path: string): Promise<boolean> {
  const file = await openRegularFile(path).catch(() => null);
  if (file === null) return false;
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(64), 0, 64, 0);
    return isBpfElf(buffer.subarray(0, bytesRead));
  } catch {
    return false;
  } finally {
    await file.close();
  }
}

function nothing(option: string, name: string, why: string): UsageError {
  return new UsageError({
    message: `${option} ${name}: ${why}`,
    next: 'name a file, a folder with objects in it, or a pattern in quotes: --object "build/*.bpf.o"',
  });
}
