import { inspect } from 'node:util';
import { deadlinesFor } from '../boot/deadlines.js';
import type { Machine } from '../boot/machine.js';
import { Guest } from '../guest/client.js';
import { buildInitramfs } from '../images/index.js';
import { InfraError } from '../model/errors.js';
import type { KernelPhase } from '../model/events.js';
import type { ReadyKernel } from '../model/kernel.js';
import type { BootReport } from '../model/report.js';
import { consolePath } from '../results/paths.js';
import type { SessionFault } from '../results/session.js';
import type { AccelProvider, SessionContext } from './context.js';
import { bootReport, launch, type LaunchPlan } from './launch.js';

/** What a machine is for. */
export interface SessionPlan {
  readonly kernel: ReadyKernel;
  readonly accelFor: AccelProvider;
  readonly context: SessionContext;
  /** The LSM list it is booted with. */
  readonly lsm: readonly string[];
  /** Distinguishes its console log from that of other machines of the same kernel; empty for the first. */
  readonly name: string;
}

/** A guest that has said hello, with what guards it and what it may take. */
export interface LiveGuest {
  readonly guest: Guest;
  readonly machine: Machine;
  readonly plan: LaunchPlan;
}

/** How a machine lived; everything null that it never came to. */
export interface MachineLife {
  readonly boot: BootReport | null;
  readonly fault: SessionFault | null;
  /** Console log relative to the report folder; null when QEMU never started. */
  readonly console: string | null;
  /** What the initramfs could do without, one line each. */
  readonly notes: readonly string[];
  readonly ms: number;
}

/**
 * One fresh machine: boots the kernel, hands the guest over, and ends it. Broken machinery is data here, never a throw;
 * only an abort gets through.
 */
export async function onMachine(plan: SessionPlan, ask: (live: LiveGuest) => Promise<void>): Promise<MachineLife> {
  const started = performance.now();
  const session = new MachineSession(plan);
  try {
    await session.run(ask);
  } catch (error) {
    plan.context.signal.throwIfAborted();
    session.fail(error, []);
  }
  return session.life(Math.round(performance.now() - started));
}

class MachineSession {
  readonly #session: SessionPlan;
  #boot: BootReport | null = null;
  #fault: SessionFault | null = null;
  #console: string | null = null;
  #notes: readonly string[] = [];

  constructor(session: SessionPlan) {
    this.#session = session;
  }

  async run(ask: (live: LiveGuest) => Promise<void>): Promise<void> {
    const { context, kernel, lsm, name } = this.#session;
    const plan = await this.#plan();
    const console = consolePath(kernel.identity.id, name);
    const machine = await launch(plan, { ...context, lsm }, console);
    this.#console = console;
    try {
      await this.#greet(machine, plan, ask);
    } catch (error) {
      context.signal.throwIfAborted();
      this.fail(error, machine.console.tail());
    } finally {
      await machine.stop();
    }
  }

  /** The first fault is the one that counts. */
  fail(error: unknown, consoleTail: readonly string[]): void {
    const { context, kernel } = this.#session;
    context.debug(`${kernel.identity.id}: ${inspect(error)}`);
    this.#fault ??= { ...faultOf(error), consoleTail };
  }

  life(ms: number): MachineLife {
    return { boot: this.#boot, fault: this.#fault, console: this.#console, notes: this.#notes, ms };
  }

  async #plan(): Promise<LaunchPlan> {
    const { kernel, accelFor, context } = this.#session;
    const { init, cache: cacheDir, signal, timeout } = context;
    this.#phase('image', 'initramfs');
    const [initramfs, accel] = await Promise.all([
      buildInitramfs({ init, kernel, cacheDir, signal }),
      accelFor(kernel),
    ]);
    this.#notes = initramfs.notes;
    return { kernel, initramfs, accel, deadlines: deadlinesFor(accel, timeout) };
  }

  async #greet(machine: Machine, plan: LaunchPlan, ask: (live: LiveGuest) => Promise<void>): Promise<void> {
    const { boot, hello, request } = plan.deadlines;
    const { context, lsm } = this.#session;
    const launched = performance.now();
    this.#phase('boot', plan.accel);
    const options = { helloMs: boot + hello, requestMs: request, signal: context.signal };
    const guest = await machine.guard(Guest.connect(machine.rpc, options));
    this.#boot = bootReport(plan, machine, { ...context, lsm }, performance.now() - launched);
    await ask({ guest, machine, plan });
  }

  #phase(phase: KernelPhase, detail: string): void {
    const { context, kernel } = this.#session;
    context.emit({ type: 'kernel-phase', kernel: kernel.identity.id, phase, detail });
  }
}

function faultOf(error: unknown): Omit<SessionFault, 'consoleTail'> {
  if (error instanceof InfraError) return { cause: error.infra, message: error.message, next: error.next ?? '' };
  return {
    cause: 'HARNESS',
    message: error instanceof Error ? error.message : String(error),
    next: 'this is a fault of the harness: run again with --debug and report it',
  };
}
