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

/** Milliseconds that one server is waited for in all, whatever it is asked for. */
const mostWaiting = 120_000;

/** Who is waited for, and how long: a person who looks at a terminal is told. */
export interface Waiting {
  /** Sees to it that the next try comes so many milliseconds later. */
  readonly pause: (ms: number, failure: AptFailure) => Promise<unknown>;
  /** Milliseconds that this server was waited for so far. */
  readonly waited: () => number;
}

/** Asks again as long as that may help; null when it succeeded. */
export async function retried(once: () => Promise<AptTry>, { pause, waited }: Waiting): Promise<AptFailure | null> {
  for (let number = 1; ; number++) {
    const { failure, took } = await once();
    if (failure === null || took === null) return failure;
    const wait = pauseAfter(failure, number, took, Math.random());
    if (wait !== null && waited() + wait <= mostWaiting) {
      await pause(wait, failure);
      continue;
    }
    const all = wait === null ? '' : `; waited for ${Math.round(waited() / 1000)} s in all`;
    return number === 1 && wait === null
      ? failure
      : { ...failure, detail: `${failure.detail}; tried ${number === 1 ? 'once' : `${number} times`}${all}` };
  }
}

/** `waiting 12 s for ftp.example.org: the server limits its callers (429 Too Many Requests)`. */
export function describeWait(host: string, ms: number, { detail }: AptFailure): string {
  return `waiting ${Math.ceil(ms / 1000)} s for ${host}: ${detail.replace(/, and asks to wait \d+ s$/, '')}`;
}
