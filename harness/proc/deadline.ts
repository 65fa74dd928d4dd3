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

/** Settles with `work`, or rejects with DeadlineError after `limit` ms, or with the signal's reason when it aborts. */
export async function withDeadline<T>(
  waitedFor: string,
  limit: number,
  work: Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  let onAbort: (() => void) | undefined;
  const expired = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new DeadlineError(waitedFor, limit));
    }, limit);
    onAbort = (): void => {
      reject(signal?.reason as Error);
    };
    if (signal?.aborted) onAbort();
    else signal?.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([work, expired]);
  } finally {
    clearTimeout(timer);
    if (onAbort) signal?.removeEventListener('abort', onAbort);
  }
}
