// SPDX-License-Identifier: Apache-2.0
import type { Environment } from '../model/check.js';

/** What a machine is for, as far as the order goes in which machines start. */
export type Work = Environment | 'share' | 'load' | 'command';

/**
 * What starts first of all that waits: the first machine of an environment, since others wait for what it finds out; then
 * those that wait most themselves, for agents that the kernel detaches from LSM hooks; at last what keeps a processor busy
 * from its beginning to its end, and is short.
 */
const order: readonly Work[] = ['lsm', 'share', 'no-lsm', 'lsm-override', 'command', 'load'];

/**
 * Seconds that each takes on an idle core under TCG, for an agent like ours: their ratio matters, where a run is shared out
 * without measured times.
 */
const seconds: Readonly<Record<Work, number>> = {
  lsm: 30,
  'no-lsm': 15,
  'lsm-override': 12,
  share: 11,
  command: 10,
  load: 8,
};

/** Of an environment whose proofs are shared out among so many machines. */
export function estimatedSeconds(work: Work, machines = 1): number {
  return seconds[work] + Math.max(0, machines - 1) * seconds.share;
}

/** Waits for a free place among the machines that may run at the same time. */
export type Slot = <T>(work: Work, run: () => Promise<T>) => Promise<T>;

interface Waiting {
  readonly work: Work;
  readonly start: () => void;
}

/** How many machines run at the same time. */
export interface PoolPlaces {
  /** In any case. */
  readonly sure: number;
  /** While the processor has nothing to do; as many as `sure` for no more. */
  readonly most: number;
  /** Has it? Asked while a job waits for a place. */
  readonly isIdle: () => boolean;
}

/** Milliseconds between two looks at the processor: as long as a guest takes until QEMU is busy with it. */
const lookAfter = 250;

/**
 * A pool of places for the machines of all kernels. Of those that wait the first in the order of their work starts first. A
 * guest in which the kernel detaches an agent waits for seconds, and keeps no processor busy: then one more starts at a
 * time, as long as there are jobs.
 */
export function machinePool({ sure, most, isIdle }: PoolPlaces): Slot {
  const waiting: Waiting[] = [];
  let running = 0;
  let timer: NodeJS.Timeout | undefined;
  const startNext = (): void => {
    const next = takeNext(waiting);
    if (next === undefined) return;
    running += 1;
    next.start();
  };
  const look = (): void => {
    timer = undefined;
    if (running < most && isIdle()) startNext();
    fill();
  };
  const fill = (): void => {
    while (running < sure && waiting.length > 0) startNext();
    if (waiting.length > 0 && most > sure) timer ??= setTimeout(look, lookAfter);
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
      running -= 1;
      fill();
    }
  };
}

function takeNext(waiting: Waiting[]): Waiting | undefined {
  const ranks = waiting.map(({ work }) => order.indexOf(work));
  return waiting.splice(ranks.indexOf(Math.min(...ranks)), 1)[0];
}
