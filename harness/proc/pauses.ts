// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { processStarvedMs } from './starved.js';

/** Milliseconds for which nothing may stand still: the shortest deadline that an agent has is as long. */
export const shortestPause = 3000;

/** Milliseconds between two looks. */
const period = 500;

/** What is known of this process at one moment, all in milliseconds. */
export interface Moment {
  /** Of the monotonic clock, which stands still while the host sleeps. */
  readonly awake: number;
  /** Since the host was booted, sleep included; null where it is not known. */
  readonly uptime: number | null;
  /** For which this process has run, or waited for a processor. */
  readonly busy: number;
}

/**
 * Sees when this process, or one that it started, stood still: it was stopped (Ctrl-Z, SIGSTOP), its container was
 * paused, or the host slept. Deadlines that passed meanwhile say nothing about whoever was waited for. A busy host is
 * no pause: time on a processor and time waiting for one are known.
 */
export class PauseWatch {
  readonly #momentOf: () => Moment;
  readonly #timer: NodeJS.Timeout;
  #last: Moment;
  #followed: number | undefined;
  #stopped = 0;
  #longest = 0;

  constructor(momentOf: () => Moment = ownMoment) {
    this.#momentOf = momentOf;
    this.#last = momentOf();
    // Unreferenced: nobody has to wait for the next look.
    this.#timer = setInterval(() => {
      this.look();
    }, period).unref();
  }

  /** From now on this process is watched, too. */
  follow(pid: number | undefined): void {
    this.#followed = pid;
    this.#stopped = 0;
  }

  /** Looks now, and gives the longest time so far for which something stood still, in milliseconds. */
  look(): number {
    const now = this.#momentOf();
    const passed = now.awake - this.#last.awake;
    const unexplained = passed - (now.busy - this.#last.busy) - period;
    const slept = now.uptime === null || this.#last.uptime === null ? 0 : now.uptime - this.#last.uptime - passed;
    this.#stopped = isStopped(this.#followed) ? this.#stopped + passed : 0;
    this.#last = now;
    this.#longest = Math.max(this.#longest, unexplained, slept, this.#stopped);
    return this.#longest;
  }

  close(): void {
    clearInterval(this.#timer);
  }
}

function ownMoment(): Moment {
  const { user, system } = process.cpuUsage();
  return {
    awake: performance.now(),
    uptime: uptimeMs(),
    busy: (user + system) / 1000 + processStarvedMs(process.pid),
  };
}

function uptimeMs(): number | null {
  try {
    return Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]) * 1000;
  } catch {
    return null;
  }
}

/** By a signal, as proc(5) has it; the name before the state may have anything in it. */
function isStopped(pid: number | undefined): boolean {
  if (pid === undefined) return false;
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2, text.lastIndexOf(')') + 3) === 'T';
  } catch {
    return false;
  }
}
