// SPDX-License-Identifier: Apache-2.0
import { readdirSync, readFileSync } from 'node:fs';
import { sumOf } from '../model/sum.js';

/** What became of the time of a process, in milliseconds. */
export interface ProcessTimes {
  /** On a processor, all of its threads. */
  readonly running: number;
  /** In which it could have run and got no processor: of its threads, the one that waited longest. */
  readonly starved: number;
}

/**
 * Milliseconds that a process could have run and got no processor, of this host or because the host had none itself: a clock
 * with an arbitrary beginning. Both may tell of the same moment, which then counts twice.
 */
export function processStarvedMs(pid: number | undefined): number {
  return processTimes(pid).starved + stolenMs();
}

/**
 * No time at all for a process that is gone, and where the kernel does not count (CONFIG_SCHED_INFO).
 *
 * `/proc/PID/task/TID/schedstat` has nanoseconds on a processor, nanoseconds waiting for one, and turns
 * (Documentation/scheduler/sched-stats.rst).
 */
export function processTimes(pid: number | undefined): ProcessTimes {
  if (pid === undefined) return { running: 0, starved: 0 };
  const folder = `/proc/${pid}/task`;
  try {
    const threads = readdirSync(folder).map((thread) => threadTimes(`${folder}/${thread}/schedstat`));
    return {
      running: sumOf(threads.map(({ running }) => running)),
      starved: Math.max(0, ...threads.map(({ starved }) => starved)),
    };
  } catch {
    return { running: 0, starved: 0 };
  }
}

function threadTimes(path: string): ProcessTimes {
  try {
    const [running = 0, starved = 0] = readFileSync(path, 'utf8').split(' ').map(Number);
    return { running: running / 1e6, starved: starved / 1e6 };
  } catch {
    return { running: 0, starved: 0 };
  }
}

/** USER_HZ, in which the kernel gives times to programs: 100 on every architecture that guests run on (asm-generic/param.h). */
const ticksPerSecond = 100;

/**
 * Milliseconds for which whoever runs this host as a guest of its own kept a processor from it, the mean of its processors,
 * since it was booted; 0 on hardware, and where nobody says. Nothing in schedstat knows of it: to this kernel a process runs
 * meanwhile. `/proc/stat` has it as the eighth of a line (proc_stat(5), steal).
 */
export function stolenMs(path = '/proc/stat'): number {
  try {
    const lines = readFileSync(path, 'utf8').split('\n');
    const processors = lines.filter((line) => /^cpu\d/.test(line)).map((line) => Number(line.split(/\s+/)[8] ?? 0));
    return (sumOf(processors) / Math.max(1, processors.length)) * (1000 / ticksPerSecond);
  } catch {
    return 0;
  }
}
