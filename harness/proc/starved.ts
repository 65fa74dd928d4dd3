// SPDX-License-Identifier: Apache-2.0
import { readdirSync, readFileSync } from 'node:fs';

/**
 * Milliseconds that a process could have run and got no processor: of its threads, the one that waited longest. 0 for a
 * process that is gone, and where the kernel does not count (CONFIG_SCHED_INFO).
 *
 * `/proc/PID/task/TID/schedstat` has nanoseconds on a processor, nanoseconds waiting for one, and turns
 * (Documentation/scheduler/sched-stats.rst).
 */
export function processStarvedMs(pid: number | undefined): number {
  if (pid === undefined) return 0;
  const folder = `/proc/${pid}/task`;
  try {
    return Math.max(0, ...readdirSync(folder).map((thread) => waited(`${folder}/${thread}/schedstat`)));
  } catch {
    return 0;
  }
}

function waited(path: string): number {
  try {
    return Number(readFileSync(path, 'utf8').split(' ')[1] ?? 0) / 1e6;
  } catch {
    return 0;
  }
}
