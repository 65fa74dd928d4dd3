// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto';
import { readdir, readFile, readlink, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/**
 * Names of the folders beside a report folder while it is replaced: `.NAME.PID-PIDNS-RANDOM.partial` is being
 * written, the same with `.old` is the report that was moved aside. The PID namespace is in the name because a PID of
 * another container says nothing here, and in the name because a name appears whole or not at all.
 */
export type SiblingKind = 'partial' | 'old';

/** A partial of another PID namespace is only taken for dead after a day. */
const foreignAge = 24 * 60 * 60 * 1000;

export async function siblingFolderName(place: string, kind: SiblingKind): Promise<string> {
  const unique = `${process.pid}-${await pidNamespace()}-${randomBytes(4).toString('hex')}`;
  return join(dirname(place), `.${basename(place)}.${unique}.${kind}`);
}

/**
 * Clears what runs that died left beside `place`; never what belongs to a living process. A run killed between the two
 * renames of a commit left the report only under its `.old` name: that one is put back.
 */
export async function sweepSiblings(place: string): Promise<void> {
  const parent = dirname(place);
  const namespace = await pidNamespace();
  for (const name of await readdir(parent)) {
    const owner = parse(name, basename(place));
    const path = join(parent, name);
    if (owner === null || !(await isDead(owner, namespace, path))) continue;
    if (owner.kind === 'old' && (await putReportBack(path, place))) continue;
    await rm(path, { recursive: true, force: true });
  }
}

/** Moves a report that was set aside back to its place, unless there is one again. */
export async function putReportBack(aside: string, place: string): Promise<boolean> {
  try {
    await rename(aside, place);
    return true;
  } catch {
    return false;
  }
}

interface Owner {
  readonly pid: number;
  readonly namespace: string | null;
  readonly kind: SiblingKind;
}

function parse(name: string, base: string): Owner | null {
  if (!name.startsWith(`.${base}.`)) return null;
  const match = /^(\d+)-(?:(\d+)-)?[0-9a-z]+\.(partial|old)$/.exec(name.slice(base.length + 2));
  if (match === null) return null;
  return { pid: Number(match[1]), namespace: match[2] ?? null, kind: match[3] === 'old' ? 'old' : 'partial' };
}

async function isDead(owner: Owner, namespace: string, path: string): Promise<boolean> {
  if (await isAlive(owner.pid)) return false;
  if (owner.namespace === null || owner.namespace === namespace) return true;
  const found = await stat(path).catch(() => null);
  return found !== null && Date.now() - found.mtimeMs > foreignAge;
}

async function isAlive(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
  // In a container whose PID 1 reaps nobody, the dead stay around as zombies and still take signals.
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return !/^State:\s+[ZX]/m.test(status);
}

/** Inode of this process's PID namespace, `0` where the kernel does not show it. */
async function pidNamespace(): Promise<string> {
  const link = await readlink('/proc/self/ns/pid').catch(() => '');
  return /\d+/.exec(link)?.[0] ?? '0';
}
