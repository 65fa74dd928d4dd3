// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';

/** MiB that QEMU takes besides its guest's memory: its own, and the code that TCG translates. */
const overhead = 150;
/** MiB that are left to everything else on the host. */
const reserve = 256;

export interface Places {
  /** How many machines run at the same time. */
  readonly places: number;
  /** Why there are fewer than were asked for; null when there are not. */
  readonly notice: string | null;
}

/** As many machines as were asked for, or as fit into the memory that the host can spare, but one in any case. */
export function machinePlaces(jobs: number, guest: number, available: number | null): Places {
  if (available === null) return { places: jobs, notice: null };
  const fit = Math.max(1, Math.floor((available - reserve) / (guest + overhead)));
  if (fit >= jobs) return { places: jobs, notice: null };
  const machines = fit === 1 ? 'one machine runs' : `${fit} machines run`;
  return {
    places: fit,
    notice:
      `${machines} at a time, not ${jobs}: the host has ${available} MiB of memory to spare, ` +
      `and a machine takes ${guest + overhead}`,
  };
}

/** MiB that the host can give without swapping; null where it does not say. */
export async function availableMemory(file = '/proc/meminfo'): Promise<number | null> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const kib = /^MemAvailable:\s+(\d+) kB$/m.exec(text)?.[1];
  return kib === undefined ? null : Math.floor(Number(kib) / 1024);
}
