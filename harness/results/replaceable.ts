// SPDX-License-Identifier: Apache-2.0
import { lstat, readdir, readFile, realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { readRegularText } from '../proc/regular-file.js';
import { UsageError } from '../model/errors.js';
import { runJsonName } from './run-json.js';

const elsewhere = 'name another folder with --out';

/** The real place of a report folder that may not exist yet; a link to a folder is followed, so that the link stays. */
export async function realReportFolder(dir: string): Promise<string> {
  const path = resolve(dir);
  const parent = dirname(path);
  if (parent === path) return path;
  const found = await lstat(path).catch(nullIfAbsent);
  if (found?.isSymbolicLink() !== true) return join(await realReportFolder(parent), basename(path));
  try {
    return await realpath(path);
  } catch (cause) {
    throw new UsageError({ message: `${dir}: a link to nowhere, not a report folder`, next: elsewhere, cause });
  }
}

/** Throws UsageError unless `place` is absent, empty, or a report of ours: all else is not ours to replace. */
export async function assertReplaceable(place: string): Promise<void> {
  const held = await heldBy(place);
  if (held !== null) throw new UsageError({ message: `${place}: ${held}, not a report folder`, next: elsewhere });
  const contents = await contentsOf(place);
  if (contents === 'file') {
    throw new UsageError({ message: `${place}: is a file, not a report folder`, next: elsewhere });
  }
  if (contents !== 'foreign') return;
  throw new UsageError({
    message: `${place}: holds files that are not a report of bpf-matrix (no run.json of ours), so it is left alone`,
    next: `empty it yourself, or ${elsewhere}`,
  });
}

type Contents = 'absent' | 'empty' | 'report' | 'foreign' | 'file';

/** How often an observation is repeated because another run replaced the folder meanwhile. */
const looks = 100;

async function contentsOf(place: string): Promise<Contents> {
  for (let look = 0; ; look++) {
    const before = await lstat(place).catch(nullIfAbsent);
    if (before === null) return 'absent';
    if (!before.isDirectory()) return 'file';
    const names = await readdir(place).catch(nullIfAbsent);
    const contents = names?.length === 0 ? 'empty' : (await isReport(place)) ? 'report' : 'foreign';
    const after = await lstat(place).catch(nullIfAbsent);
    // Half of what was seen may belong to the folder that came after.
    if (before.ino === after?.ino || look === looks) return contents;
  }
}

/** Why the folder can never be swapped: somebody lives in it, or a file system is mounted on it. Null: it can. */
async function heldBy(place: string): Promise<string | null> {
  if (place === sep) return 'the root of the file system';
  if (place === (await realpath(homedir()).catch(() => homedir()))) return 'the home folder';
  const cwd = await realpath(process.cwd());
  if (cwd === place) return 'the working folder';
  if (cwd.startsWith(place + sep)) return 'the working folder is inside it';
  return (await mountPoints()).has(place) ? 'a mount point, which cannot be replaced' : null;
}

/** Mount points as the kernel lists them; it writes space, tab, newline and backslash in octal. */
async function mountPoints(): Promise<ReadonlySet<string>> {
  const table = await readFile('/proc/self/mountinfo', 'utf8').catch(() => '');
  const decode = (path: string): string =>
    path.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));
  return new Set(table.split('\n').map((line) => decode(line.split(' ')[4] ?? '')));
}

/** A `run.json` of any version of ours; another tool's file of that name does not count. */
async function isReport(place: string): Promise<boolean> {
  try {
    const value: unknown = JSON.parse(await readRegularText(join(place, runJsonName)));
    return typeof value === 'object' && value !== null && 'schema' in value && 'kernels' in value;
  } catch {
    return false;
  }
}

/** For `catch`: null when there is no such file, every other error goes on. */
export function nullIfAbsent(error: unknown): null {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
  throw error;
}
