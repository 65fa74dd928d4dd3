// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import type { KernelId, ReadyKernel } from '../../model/kernel.js';
import type { AccelProvider, SessionContext } from '../context.js';
import type { MachineHost } from '../machine-session.js';
import { WaitingMachine } from './waiting-machine.js';

/** Milliseconds a machine may wait for its one session: a day; a new one takes its place then. */
const patience = 24 * 3600 * 1000 - 1;

export interface MachinesOptions {
  readonly contextOf: (kernel: KernelId) => Omit<SessionContext, 'objects' | 'emit' | 'timeout'>;
  readonly accelOf: (kernel: KernelId) => AccelProvider;
  /** Folder for what they write while they wait; each has one of its own in it. */
  readonly folder: string;
}

/** One machine a kernel that is booted and waits. Each is used for one session: a session is a fresh machine. */
export class WaitingMachines {
  readonly #options: MachinesOptions;
  readonly #waiting = new Map<KernelId, WaitingMachine>();
  #made = 0;

  constructor(options: MachinesOptions) {
    this.#options = options;
  }

  /** Boots what is missing; returns at once. */
  refill(kernels: readonly ReadyKernel[]): void {
    for (const kernel of kernels) {
      const waiting = this.#waiting.get(kernel.identity.id);
      if (waiting === undefined || waiting.lost) this.#waiting.set(kernel.identity.id, this.#boot(kernel));
    }
  }

  /** As `onMachine`, on the machine that waits for this kernel. A session that is given up while it boots leaves it. */
  readonly host: MachineHost = async (plan, ask) => {
    const { id } = plan.kernel.identity;
    const machine = await this.#ready(plan.kernel, plan.context.signal);
    this.#waiting.delete(id);
    plan.context.signal.throwIfAborted();
    return machine.use(plan, ask);
  };

  /** Ends every machine that waits. */
  async stop(reason: Error): Promise<void> {
    const machines = [...this.#waiting.values()];
    this.#waiting.clear();
    await Promise.all(machines.map((machine) => machine.stop(reason)));
  }

  /** A machine that broke while it waited is replaced; one that cannot boot at all is handed over to say so. */
  async #ready(kernel: ReadyKernel, signal: AbortSignal): Promise<WaitingMachine> {
    const { id } = kernel.identity;
    const waiting = this.#waiting.get(id);
    const machine = waiting === undefined || waiting.lost ? this.#boot(kernel) : waiting;
    this.#waiting.set(id, machine);
    await unless(signal, machine.ready);
    return machine;
  }

  #boot(kernel: ReadyKernel): WaitingMachine {
    const { contextOf, accelOf, folder } = this.#options;
    const { id } = kernel.identity;
    const context = contextOf(id);
    const out = join(folder, String(this.#made++));
    return new WaitingMachine({
      kernel,
      accelFor: accelOf(id),
      context: { ...context, objects: [], emit: () => undefined, timeout: patience, out },
      lsm: context.lsm,
      name: '',
    });
  }
}

/** Waits for `work`, or rejects with the signal's reason; `work` itself goes on. */
async function unless(signal: AbortSignal, work: Promise<void>): Promise<void> {
  let onAbort: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = (): void => {
      reject(signal.reason as Error);
    };
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    await Promise.race([work, aborted]);
  } finally {
    if (onAbort) signal.removeEventListener('abort', onAbort);
  }
}
