// SPDX-License-Identifier: Apache-2.0
import type { AptFailure } from './apt-errors.js';

/** Tries of one archive in all. */
const mostTries = 3;
/** Milliseconds before the second try of a server that does not say how long; twice as many before the third. */
const firstPause = 1_000;
/** Seconds. A server that asks for more is passed over: another may answer sooner. */
const longestWait = 30;
/** A failure this fast was no timeout, but a connection that broke: worth a second try. Milliseconds. */
const brief = 2_000;

/** One try of an archive. */
export interface AptTry {
  /** Null: it succeeded. */
  readonly failure: AptFailure | null;
  /** Milliseconds; null where nobody was asked, because the answer is known. */
  readonly took: number | null;
}

export async function timed(work: () => Promise<AptFailure | null>): Promise<AptTry> {
  const started = performance.now();
  const failure = await work();
  return { failure, took: performance.now() - started };
}

/**
 * Milliseconds until an archive is asked again after this failure; null when it is not. What a server asks for is never
 * undercut, and no two callers come back at the same moment.
 * @param number of the try, from 1.
 * @param took milliseconds.
 * @param random 0 to 1.
 */
export function pauseAfter(failure: AptFailure, number: number, took: number, random: number): number | null {
  if (number >= mostTries) return null;
  if (failure.kind === 'busy') {
    if (failure.retryAfter === null) return firstPause * 2 ** (number - 1) * (0.5 + random);
    return failure.retryAfter > longestWait ? null : failure.retryAfter * 1000 + random * firstPause;
  }
  const broke = failure.kind === 'unreachable' && took < brief && number === 1;
  return broke ? firstPause * (0.25 + random / 2) : null;
}

/**
 * Asks again as long as that may help; null when it succeeded.
 * @param pause waits so many milliseconds, or sees to it that `once` does.
 */
export async function retried(
  once: () => Promise<AptTry>,
  pause: (ms: number) => Promise<unknown>,
): Promise<AptFailure | null> {
  for (let number = 1; ; number++) {
    const { failure, took } = await once();
    if (failure === null || took === null) return failure;
    const wait = pauseAfter(failure, number, took, Math.random());
    if (wait === null)
      return number === 1 ? failure : { ...failure, detail: `${failure.detail}; tried ${number} times` };
    await pause(wait);
  }
}
