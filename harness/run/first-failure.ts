// SPDX-License-Identifier: Apache-2.0
import type { RunEvent } from '../model/events.js';
import type { KernelId, UnavailableKernel } from '../model/kernel.js';
import { endedEarly } from '../model/scenario-evidence.js';
import type { KernelResult } from '../results/session.js';
import { doesVerdictCount } from '../verdict/expectations.js';
import type { KernelRequest } from './matrix.js';

type Results = readonly [KernelResult, ...KernelResult[]];

/**
 * Ends a run at its first failure. The kernel that failed finishes what it is at and begins nothing more; every other
 * one that has not finished is stopped, and counts as not run.
 */
export class FirstFailure {
  readonly #stops = new Map<KernelId, AbortController>();
  #failed: KernelId | null = null;

  /** Has something failed. */
  readonly halted = (): boolean => this.#failed !== null;

  onEvent(event: RunEvent): void {
    const kernel = failedKernel(event);
    if (kernel === null || this.#failed !== null) return;
    this.#failed = kernel;
    for (const [id, stop] of this.#stops) if (id !== kernel) stop.abort(new Error(endedEarly));
  }

  /** Asks a kernel unless another has failed, and no longer than until one does. */
  async ask(
    request: KernelRequest,
    signal: AbortSignal,
    ask: (signal: AbortSignal) => Promise<Results>,
  ): Promise<Results> {
    const stop = new AbortController();
    this.#stops.set(request.id, stop);
    if (this.halted()) return notRun(request);
    try {
      const results = await ask(AbortSignal.any([signal, stop.signal]));
      return stop.signal.aborted ? notRun(request) : results;
    } catch (error) {
      signal.throwIfAborted();
      if (stop.signal.aborted) return notRun(request);
      throw error;
    } finally {
      this.#stops.delete(request.id);
    }
  }
}

/** A kernel that cannot be had has not failed. */
function failedKernel(event: RunEvent): KernelId | null {
  switch (event.type) {
    case 'program-judged':
      return doesVerdictCount(event.program) ? event.kernel : null;
    case 'checks-judged':
      return event.checks.some(({ outcome }) => outcome.kind === 'fail') ? event.kernel : null;
    case 'kernel-finished':
      return ['fail', 'infra'].includes(event.report.verdict.kind) ? event.report.id : null;
    default:
      return null;
  }
}

function notRun({ id, source }: KernelRequest): Results {
  const next = 'run again without -x, or mend the failure first';
  const kernel: UnavailableKernel = {
    status: 'unavailable',
    id,
    source,
    reason: 'NOT_RUN',
    detail: endedEarly,
    tried: [],
    next,
  };
  return [{ kind: 'unavailable', kernel }];
}
