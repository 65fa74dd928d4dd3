// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import { InfraError } from '../model/errors.js';

/** MiB that QEMU takes besides its guest's memory: its own, and the code that TCG translates. */
const overhead = 150;
/** MiB that are left to everything else on the host. */
const reserve = 256;

/** Open files of a run besides its machines: 24 of Node's own, its libraries, archives and reports. */
const ownFiles = 60;
/** Of one machine: its output and channels, its console's log, its snapshot, and what starts it. */
const filesEach = 20;

export interface Places {
  /** How many machines run at the same time. */
  readonly places: number;
  /** Why there are fewer than were asked for; null when there are not. */
  readonly notice: string | null;
}

/** What the host has for a run; null where it does not say. */
export interface HostRoom {
  /** MiB. */
  readonly memory: number | null;
  /** How many files this process may have open. */
  readonly files: number | null;
}

/**
 * As many machines as were asked for, or as the host has memory and open files for, but one in any case. Throws InfraError
 * where not even one machine can have its files.
 */
export function machinePlaces(jobs: number, guest: number, { memory, files }: HostRoom): Places {
  const each = guest + overhead;
  const fit = memory === null ? jobs : Math.max(1, Math.floor((memory - reserve) / each));
  const filesFit = files === null ? jobs : Math.floor((files - ownFiles) / filesEach);
  if (filesFit < 1) {
    throw new InfraError('HARNESS', {
      message: `run: this process may have ${files ?? 0} files open, and a machine needs ${ownFiles + filesEach}`,
      next: 'raise the limit: ulimit -n 1024',
    });
  }
  const places = Math.min(fit, filesFit);
  if (places >= jobs) return { places: jobs, notice: null };
  const why =
    filesFit < fit
      ? `this process may have ${files ?? 0} files open, and each takes ${filesEach} (ulimit -n)`
      : `the host has ${memory ?? 0} MiB of memory to spare, and a machine takes ${each}`;
  const machines = places === 1 ? 'one machine runs' : `${places} machines run`;
  return { places, notice: `${machines} at a time, not ${jobs}: ${why}` };
}

/** What the host has now. */
export async function hostRoom(meminfo = '/proc/meminfo', limits = '/proc/self/limits'): Promise<HostRoom> {
  const kib = await numberIn(meminfo, /^MemAvailable:\s+(\d+) kB$/m);
  // The soft limit; Node has raised it to the hard one.
  const files = await numberIn(limits, /^Max open files\s+(\d+)/m);
  return { memory: kib === null ? null : Math.floor(kib / 1024), files };
}

/** Without swapping, as far as memory goes. Null where the file does not say. */
async function numberIn(file: string, pattern: RegExp): Promise<number | null> {
  const found = pattern.exec(await readFile(file, 'utf8').catch(() => ''))?.[1];
  return found === undefined ? null : Number(found);
}
