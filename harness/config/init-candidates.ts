// SPDX-License-Identifier: Apache-2.0
import { access, constants, readdir } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { readRegularFile } from '../proc/regular-file.js';
import { ElfError } from './elf-header.js';
import { readExecutable } from './elf-executable.js';

/** Files that could be meant. */
export interface Candidates {
  /** Objects, nearest first. */
  readonly objects: readonly string[];
  /** Programs that could load one of them, nearest to the object first. */
  readonly programs: readonly string[];
}

/** Folders in which nobody's own object lies. */
const skipped = new Set(['node_modules', '.git', '.cache', 'vendor']);
/** Folders down from the working folder. */
const depth = 4;
const offered = 8;

/** Objects below a folder, and programs beside and around them. Paths are relative to it. */
export async function initCandidates(folder: string): Promise<Candidates> {
  const files = await filesBelow(folder, depth);
  const objects = files.filter((file) => file.endsWith('.bpf.o')).sort(nearestFirst);
  const [first = ''] = objects;
  const executables = files.filter((file) => !/\.(o|so|a|js|ts|sh|py)$/.test(file) && !file.includes('.so.'));
  const programs: string[] = [];
  for (const file of executables.sort(closestTo(dirname(first)))) {
    if (programs.length === offered) break;
    if (await isProgram(join(folder, file))) programs.push(file);
  }
  return { objects: objects.slice(0, offered), programs };
}

async function filesBelow(folder: string, left: number, root = folder): Promise<string[]> {
  const items = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const parts = await Promise.all(
    items.map(async (item) => {
      const path = join(folder, item.name);
      if (item.isDirectory()) return left > 0 && !skipped.has(item.name) ? filesBelow(path, left - 1, root) : [];
      return item.isFile() ? [relative(root, path)] : [];
    }),
  );
  return parts.flat();
}

const levels = (file: string): number => file.split('/').length;

function nearestFirst(a: string, b: string): number {
  return levels(a) - levels(b) || (a < b ? -1 : 1);
}

/** Those that share most of the way with it. */
function closestTo(folder: string) {
  const shared = (file: string): number => {
    const parts = folder.split('/');
    const other = dirname(file).split('/');
    const at = parts.findIndex((part, index) => part !== other[index]);
    return at < 0 ? parts.length : at;
  };
  return (a: string, b: string): number => shared(b) - shared(a) || nearestFirst(a, b);
}

/** An ELF program that may be executed. */
async function isProgram(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    readExecutable(await readRegularFile(path));
    return true;
  } catch (error) {
    if (error instanceof ElfError || (error as NodeJS.ErrnoException).code !== undefined) return false;
    throw error;
  }
}
