// SPDX-License-Identifier: Apache-2.0
import type { ObjectFile } from '../../config/objects.js';
import type { WatchTarget } from '../../config/watch.js';
import { LoadMemo } from '../../guest/load-memo.js';
import { InterruptedError } from '../../model/errors.js';
import type { KernelId, ReadyKernel } from '../../model/kernel.js';
import type { RunReport } from '../../model/report.js';
import { withScratchFolder } from '../../proc/temp.js';
import type { WatchEvent } from '../../report/views/watch-events.js';
import type { SessionContext } from '../context.js';
import { guestHosts } from '../guest-host.js';
import { writeLoadLogs } from '../logs.js';
import { type KernelRequest, type KernelWork, type MatrixOptions, accelsOf, runMatrix } from '../matrix.js';
import { runSession } from '../session.js';
import { watchLoop } from './loop.js';
import { WaitingMachines } from './machines.js';

export interface WatchRun extends Omit<MatrixOptions, 'kernels' | 'objects' | 'out' | 'onEvent' | 'keep'> {
  readonly kernels: readonly ReadyKernel[];
  readonly target: WatchTarget;
  /** Takes what happens, one event after the other. */
  readonly onEvent: (event: WatchEvent) => void;
  /** Gives `run` a report folder, and puts what it wrote into place. */
  readonly report: (run: (out: string) => Promise<RunReport>) => Promise<RunReport>;
}

/** Watches until the signal aborts, and rejects with its reason; no machine is left then. */
export async function watchSources(options: WatchRun): Promise<never> {
  return withScratchFolder('watch', async (folder) => {
    const memos = new LoadMemos();
    const machines = await machinesFor(options, folder);
    try {
      machines.refill(options.kernels);
      return await watchLoop({
        ...options,
        kernels: options.kernels.map(({ identity }) => identity.id),
        load: async (objects, signal) => {
          const before = memos.recalled;
          const report = await loadOnce(options, { objects, signal, machines, memos });
          return { report, known: memos.recalled - before };
        },
        rest: () => {
          machines.refill(options.kernels);
        },
      });
    } finally {
      await machines.stop(new InterruptedError('SIGTERM'));
    }
  });
}

async function machinesFor(options: WatchRun, folder: string): Promise<WaitingMachines> {
  const kernels = options.kernels.map(requestOf);
  const ids = kernels.map(({ id }) => id);
  const hosts = await guestHosts(ids, options, options.signal);
  const onEvent = (): void => undefined;
  const matrix: MatrixOptions = { ...options, kernels, objects: [], out: folder, onEvent, keep: null };
  const contextOf = (kernel: KernelId): SessionContext => ({
    ...matrix,
    ...hosts.of(kernel),
    emit: (event) => {
      if (event.type === 'notice') options.onEvent(event);
    },
  });
  return new WaitingMachines({ contextOf, accelOf: accelsOf(matrix, contextOf), folder });
}

interface Load {
  readonly objects: readonly ObjectFile[];
  readonly signal: AbortSignal;
  readonly machines: WaitingMachines;
  readonly memos: LoadMemos;
}

/** A run like any other, load-only, on machines that were booted ahead. */
function loadOnce(options: WatchRun, { objects, signal, machines, memos }: Load): Promise<RunReport> {
  const work: KernelWork = (kernel, accelFor, context, slot) =>
    slot('load', async () => {
      const memoOf = memos.of.bind(memos);
      const session = await runSession(kernel, accelFor, { ...context, memoOf }, machines.host);
      await writeLoadLogs(context.out, session);
      return { kind: 'session', session, scenarios: [] };
    });
  return options.report((out) =>
    runMatrix(
      {
        ...options,
        kernels: options.kernels.map(requestOf),
        objects,
        signal,
        out,
        onEvent: () => undefined,
        keep: null,
      },
      work,
    ),
  );
}

function requestOf(kernel: ReadyKernel): KernelRequest {
  const { id, source } = kernel.identity;
  return { id, source, resolve: () => Promise.resolve(kernel) };
}

/** What each kernel has said of the programs of each object, for as long as one watch lasts. */
class LoadMemos {
  readonly #memos = new Map<string, LoadMemo>();

  of(kernel: KernelId, object: string): LoadMemo {
    const name = JSON.stringify([kernel, object]);
    const memo = this.#memos.get(name) ?? new LoadMemo();
    this.#memos.set(name, memo);
    return memo;
  }

  /** How many answers were given from memory, on all kernels. */
  get recalled(): number {
    return [...this.#memos.values()].reduce((sum, { recalled }) => sum + recalled, 0);
  }
}
