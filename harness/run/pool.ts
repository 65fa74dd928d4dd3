// SPDX-License-Identifier: Apache-2.0
import type { Environment } from '../model/check.js';

/** What a machine is for, as far as the order goes in which machines start. */
export type Work = Environment | 'share' | 'load' | 'command';

/**
 * Seconds that each takes on an idle core under TCG, for an agent like ours. Only their order matters: the long ones
 * first, so that none of them starts when all others have ended.
 */
const seconds: Readonly<Record<Work, number>> = {
  lsm: 30,
  'no-lsm': 15,
  'lsm-override': 12,
  share: 11,
  command: 10,
  load: 8,
};

/** Waits for a free place among the machines that may run at the same time. */
export type Slot = <T>(work: Work, run: () => Promise<T>) => Promise<T>;

interface Waiting {
  readonly work: Work;
  readonly start: () => void;
}

/** A pool of places for the machines of all kernels. Of those that wait the longest job starts first, then the first. */
export function machinePool(places: number): Slot {
  const waiting: Waiting[] = [];
  let free = places;
  const fill = (): void => {
    while (free > 0) {
      const next = takeLongest(waiting);
      if (next === undefined) return;
      free -= 1;
      next.start();
    }
  };
  return async (work, run) => {
    await new Promise<void>((start) => {
      waiting.push({ work, start });
      // Whoever asks for several machines asks for all of them before the first one starts.
      queueMicrotask(fill);
    });
    try {
      return await run();
    } finally {
      free += 1;
      fill();
    }
  };
}

function takeLongest(waiting: Waiting[]): Waiting | undefined {
  let longest = 0;
  for (const [index, { work }] of waiting.entries()) {
    if (seconds[work] > seconds[waiting[longest]?.work ?? work]) longest = index;
  }
  return waiting.splice(longest, 1)[0];
}
