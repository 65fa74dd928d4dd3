// SPDX-License-Identifier: Apache-2.0
import { readFile, statfs } from 'node:fs/promises';
import { arch, availableParallelism } from 'node:os';
import { dirname } from 'node:path';
import type { HostCheck } from '../../model/doctor.js';
import { hostTarget } from '../../target.js';
import { hostRoom, machinePlaces } from '../places.js';

/** MiB that one guest has by default. */
const guestMemory = 256;

/** Distribution and architecture. */
export async function systemCheck(file = '/etc/os-release'): Promise<HostCheck> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const name = /^PRETTY_NAME="?([^"\n]*)"?$/m.exec(text)?.[1] ?? 'an unknown distribution';
  const common = { name: 'host', detail: `${name}, ${arch()}, ${availableParallelism()} processors` };
  if (arch() === hostTarget.node) return { ...common, state: 'ok', next: null };
  return {
    ...common,
    state: 'slow',
    next: `guests are ${hostTarget.title}, which this host has to emulate; what is built for them is not`,
  };
}

/** The Node that runs this, beside the versions that package.json asks for: `>=20.19 <25`. */
export function nodeCheck(version: string, engines: string): HostCheck {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  const [, least = '0', leastMinor = '0', below = '0'] = /^>=(\d+)\.(\d+) <(\d+)$/.exec(engines) ?? [];
  const old = major < Number(least) || (major === Number(least) && minor < Number(leastMinor));
  if (old) {
    const next = `install Node.js ${least}.${leastMinor} or newer, below ${below}`;
    return { name: 'node', state: 'missing', detail: `${version}, which is too old`, next };
  }
  if (major < Number(below)) return { name: 'node', state: 'ok', detail: version, next: null };
  const next = `it may work; tested are ${least}.${leastMinor} to ${Number(below) - 1}`;
  return { name: 'node', state: 'slow', detail: `${version}, which is newer than any that was tested`, next };
}

export async function memoryCheck(jobs: number): Promise<HostCheck> {
  const { memory } = await hostRoom();
  const { places, notice } = machinePlaces(jobs, guestMemory, { memory, files: null });
  const detail = `${memory ?? 'an unknown number of'} MiB to spare, ${places} of ${jobs} machines at a time`;
  if (notice === null) return { name: 'memory', state: 'ok', detail, next: null };
  return { name: 'memory', state: 'slow', detail, next: 'free some, or live with fewer machines at a time (--jobs)' };
}

/** MiB below which a run may end for want of room, and below which no snapshot may be kept. */
const room = { least: 500, good: 3000 } as const;

/** The cache and the report folder may be on different disks. */
export async function diskCheck(what: string, folder: string, variable: string | null): Promise<HostCheck> {
  const name = `disk, ${what}`;
  const free = await freeMiB(folder);
  if (free === null) {
    const next =
      variable === null ? 'name another folder with --out' : `set ${variable} to a folder that can be written`;
    return { name, state: 'missing', detail: `${folder} cannot be written`, next };
  }
  const detail = `${(free / 1024).toFixed(1)} GiB free for ${folder}`;
  if (free >= room.good) return { name, state: 'ok', detail, next: null };
  const next = `make room: kernels and frozen guests take up to 5 GiB (cache list, cache clear)`;
  return { name, state: free < room.least ? 'missing' : 'slow', detail, next };
}

/** Of the nearest folder that is there; nothing is made. Null where it cannot be written. */
async function freeMiB(folder: string): Promise<number | null> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return Math.floor((bavail * bsize) / 2 ** 20);
  } catch (error) {
    const parent = dirname(folder);
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || parent === folder) return null;
    return freeMiB(parent);
  }
}
