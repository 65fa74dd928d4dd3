// SPDX-License-Identifier: Apache-2.0
/** Every wait has a deadline and a name. */
export class DeadlineError extends Error {
  override readonly name = 'DeadlineError';

  constructor(
    /** What was waited for: `hello`, `load of aegis`. */
    readonly waitedFor: string,
    /** Milliseconds. */
    readonly limit: number,
  ) {
    super(`no ${waitedFor} within ${limit / 1000} s`);
  }
}

/** Milliseconds from some beginning. One that stands still while what is waited for cannot run is never unjust to it. */
export type Clock = () => number;

export const wallClock: Clock = () => performance.now();

export interface DeadlineOptions {
  readonly signal?: AbortSignal | undefined;
  /** By which the limit is measured; the wall clock when left out. */
  readonly clock?: Clock | undefined;
}

/** Settles with `work`, or rejects with DeadlineError after `limit` ms, or with the signal's reason when it aborts. */
export async function withDeadline<T>(
  waitedFor: string,
  limit: number,
  work: Promise<T>,
  { signal, clock = wallClock }: DeadlineOptions = {},
): Promise<T> {
  let cancel: (() => void) | undefined;
  let onAbort: (() => void) | undefined;
  const expired = new Promise<never>((_, reject) => {
    cancel = afterDeadline(limit, clock, () => {
      reject(new DeadlineError(waitedFor, limit));
    });
    onAbort = (): void => {
      reject(signal?.reason as Error);
    };
    if (signal?.aborted) onAbort();
    else signal?.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([work, expired]);
  } finally {
    cancel?.();
    if (onAbort) signal?.removeEventListener('abort', onAbort);
  }
}

/** Does something when `limit` ms have passed on a clock; gives what calls it off. */
export function afterDeadline(limit: number, clock: Clock, action: () => void): () => void {
  const start = clock();
  let timer: NodeJS.Timeout;
  const wait = (ms: number): void => {
    timer = setTimeout(() => {
      const left = start + limit - clock();
      // Timers are whole milliseconds, and a clock that stood still wants another turn.
      if (left < 1) action();
      else wait(left);
    }, ms);
  };
  wait(limit);
  return () => {
    clearTimeout(timer);
  };
}
