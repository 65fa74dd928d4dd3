// SPDX-License-Identifier: Apache-2.0
import type { WatchTarget } from '../../config/watch.js';
import { withNeeds } from '../../config/needs.js';
import { readObjects, type ObjectFile } from '../../config/objects.js';
import { UsageError } from '../../model/errors.js';
import type { KernelId } from '../../model/kernel.js';
import type { RanKernel, RunReport } from '../../model/report.js';
import { FileWatch, type Saved } from '../../proc/watch-files.js';
import type { WatchEvent } from '../../report/views/watch-events.js';
import { compareRuns, hasAllAnswers } from '../../verdict/compare-runs.js';
import { runBuild, buildCommandLine } from './build.js';

/** Milliseconds without another event after which a save is complete; editors write in several steps. */
const settle = 40;

export interface WatchPlan {
  readonly target: WatchTarget;
  readonly kernels: readonly KernelId[];
  /** Loads the objects on every kernel. */
  readonly load: (objects: readonly ObjectFile[], signal: AbortSignal) => Promise<Loaded>;
  /** Called when an answer is out and nothing is asked: time to boot machines for the next. */
  readonly rest: () => void;
  /** Takes what happens, one event after the other. */
  readonly onEvent: (event: WatchEvent) => void;
  readonly signal: AbortSignal;
}

export interface Loaded {
  readonly report: RunReport;
  /** Programs on kernels that were not loaded again. */
  readonly known: number;
}

/** What a step is given up for. */
class Overtaken extends Error {
  override readonly name = 'Overtaken';
}

/** Runs, reports, waits for a save, and again; a save in the middle starts anew. Ends with the signal's reason only. */
export async function watchLoop(plan: WatchPlan): Promise<never> {
  const files = new FileWatch(settle);
  const steps = new Steps(plan, files);
  try {
    files.set(await plan.target.watched());
    for (let saved: Saved | null = null; ;) saved = await untilSaved(steps, files, { plan, saved });
  } finally {
    files.close();
  }
}

/** One step to its end, or to the next save; returns that save. */
async function untilSaved(
  steps: Steps,
  files: FileWatch,
  { plan, saved }: { plan: WatchPlan; saved: Saved | null },
): Promise<Saved> {
  const { signal, onEvent } = plan;
  const overtake = new AbortController();
  const next = files.next(signal);
  const step = steps.run(saved, AbortSignal.any([signal, overtake.signal])).then(() => {
    plan.rest();
    onEvent({ type: 'waiting' });
  });
  // Whatever ends the wait, the step is waited for: its machines and its compiler must be gone.
  const over = next.then(() => {
    overtake.abort(new Overtaken());
  });
  over.catch(() => undefined);
  try {
    await step;
  } catch (error) {
    signal.throwIfAborted();
    if (!overtake.signal.aborted) throw error;
    onEvent({ type: 'overtaken' });
  }
  return next;
}

/** What is remembered from one save to the next. */
class Steps {
  readonly #plan: WatchPlan;
  readonly #files: FileWatch;
  /** The last complete answer of each kernel. */
  readonly #before = new Map<KernelId, RanKernel>();
  /** Hashes of the objects that all kernels have answered about; null when something is still open. */
  #answered: string | null = null;
  #runs = 0;

  constructor(plan: WatchPlan, files: FileWatch) {
    this.#plan = plan;
    this.#files = files;
  }

  async run(saved: Saved | null, signal: AbortSignal): Promise<void> {
    const { kernels, load, onEvent } = this.#plan;
    const started = saved?.at ?? performance.now();
    const objects = await this.#objects(signal);
    if (objects === null) return;
    const built = performance.now();
    const hashes = objects.map(({ identity }) => identity.sha256).join(' ');
    if (hashes === this.#answered) {
      onEvent({ type: 'same', ms: built - started });
      return;
    }
    onEvent({ type: 'loading', kernels });
    const { report, known } = await load(objects, signal);
    const done = performance.now();
    const change = compareRuns(this.#before, report);
    this.#remember(report, hashes);
    this.#runs += 1;
    const ms = { total: done - started, build: built - started, load: done - built };
    onEvent({
      type: 'step',
      step: { run: this.#runs, objects: report.objects, change, known, saved: saved?.path ?? null, ms: rounded(ms) },
    });
  }

  /** Builds and reads; null when there is nothing to load, which has been reported. */
  async #objects(signal: AbortSignal): Promise<readonly ObjectFile[] | null> {
    const { target, onEvent } = this.#plan;
    try {
      if (target.build !== null) {
        onEvent({ type: 'building', command: buildCommandLine(target.build) });
        const result = await runBuild(target.build, signal);
        if (!result.ok) {
          onEvent({ type: 'build-failed', command: buildCommandLine(target.build), output: result.output });
          return null;
        }
      }
      // The build may have found new headers.
      this.#files.set(await target.watched());
      return (await withNeeds(await readObjects(target.objects), target.needs)).objects;
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof UsageError)) throw error;
      onEvent({ type: 'unusable', message: error.message, next: error.next ?? 'save it again' });
      return null;
    }
  }

  #remember(report: RunReport, hashes: string): void {
    const complete = report.kernels.filter(hasAllAnswers);
    for (const kernel of complete) this.#before.set(kernel.id, kernel);
    this.#answered = complete.length === report.kernels.length ? hashes : null;
  }
}

function rounded<T extends Record<string, number>>(ms: T): T {
  return Object.fromEntries(Object.entries(ms).map(([key, value]) => [key, Math.round(value)])) as T;
}
