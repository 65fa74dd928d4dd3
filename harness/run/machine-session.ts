// SPDX-License-Identifier: Apache-2.0
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import type { Machine } from '../boot/machine.js';
import { Guest, type GuestOptions } from '../guest/client.js';
import { withMissingModules } from '../images/index.js';
import { InfraError, MatrixError } from '../model/errors.js';
import { withDeadline, DeadlineError } from '../proc/deadline.js';
import { PauseWatch, shortestPause } from '../proc/pauses.js';
import { processStarvedMs, stolenMs } from '../proc/starved.js';
import { hostFaultOf } from '../model/host-fault.js';
import type { KernelPhase } from '../model/events.js';
import { invocation } from '../model/invocation.js';
import type { KernelIdentity } from '../model/kernel.js';
import type { BootReport, Start } from '../model/report.js';
import type { InfraCause } from '../model/verdict.js';
import { consolePath } from '../results/paths.js';
import type { SessionFault } from '../results/session.js';
import type { SessionContext } from './context.js';
import {
  bootReport,
  launchMachine,
  type LaunchPlan,
  type LaunchRequest,
  type LiveGuest,
  planLaunch,
} from './launch.js';
import { SessionWaits } from './session-waits.js';
import { dropSnapshot, keepSnapshot, planSnapshotKey, openSnapshot, wakeSnapshot } from './snapshots.js';

/** What a machine is for. */
export interface SessionPlan extends LaunchRequest {
  /** The LSM list it is booted with. */
  readonly lsm: readonly string[];
  /** Distinguishes its console log from that of other machines of the same kernel; empty for the first. */
  readonly name: string;
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
  readonly disturbance: Disturbance;
}

/** What the host did to a machine, in milliseconds. */
export interface Disturbance {
  /** For which this program, QEMU or the host stood still at a time, at most. */
  readonly stoodStill: number;
  /** For which QEMU had waited for a processor when its kernel complained of a stall; 0 where it did not complain. */
  readonly starvedStall: number;
}

/** Who provides a machine for a session: freshly booted, or one that was booted ahead and never used. */
export type MachineHost = (plan: SessionPlan, ask: (live: LiveGuest) => Promise<void>) => Promise<MachineLife>;

/**
 * One fresh machine: boots the kernel, hands the guest over, and ends it. Broken machinery is data here, never a throw;
 * only an abort gets through.
 */
export async function withMachine(
  plan: SessionPlan,
  ask: (live: LiveGuest) => Promise<void>,
  { beyondMachine, end }: SessionLimits = sessionLimits,
): Promise<MachineLife> {
  const started = performance.now();
  const pauses = new PauseWatch();
  const session = new MachineSession(plan, pauses);
  const { timeout, signal } = plan.context;
  try {
    // The machine has its own deadline, by which it ends; this is for whatever else might never do so.
    await withDeadline('end of the session', timeout + beyondMachine, session.run(ask));
  } catch (error) {
    signal.throwIfAborted();
    session.fail(error, []);
    // Not even for a QEMU that cannot be killed.
    await Promise.race([session.stop(), sleep(end, undefined, { ref: false })]);
  } finally {
    pauses.close();
  }
  return session.life(Math.round(performance.now() - started));
}

/** How long a session may take, in milliseconds. */
export interface SessionLimits {
  /** Beside the time of the machine (`--timeout`): for its image, and for its end. */
  readonly beyondMachine: number;
  /** For the end of a machine whose session has taken too long. */
  readonly end: number;
}

const sessionLimits: SessionLimits = { beyondMachine: 300_000, end: 20_000 };

class MachineSession {
  readonly #session: SessionPlan;
  /** With the LSM list of this session. */
  readonly #context: SessionContext;
  readonly #consoleLog: string;
  readonly #pauses: PauseWatch;
  #isOver = false;
  #key: string | null = null;
  #machine: Machine | undefined;
  #boot: BootReport | null = null;
  #fault: SessionFault | null = null;
  #console: string | null = null;
  #notes: readonly string[] = [];
  #starvedStall = 0;
  /** What the host had been robbed of when the machine began. */
  #stolenBefore = 0;
  /** Of the machine that runs. */
  #waits: SessionWaits | undefined;

  constructor(session: SessionPlan, pauses: PauseWatch) {
    this.#session = session;
    this.#pauses = pauses;
    this.#context = { ...session.context, lsm: session.lsm };
    this.#consoleLog = consolePath(session.kernel.identity.id, session.name);
  }

  async run(ask: (live: LiveGuest) => Promise<void>): Promise<void> {
    try {
      const plan = await this.#plan();
      const live = (await this.#restored(plan)) ?? (await this.#booted(plan));
      await ask(live);
      await live.machine.hearOut();
    } catch (error) {
      this.#session.context.signal.throwIfAborted();
      this.fail(error, this.#machine?.console.tail() ?? []);
      await this.#afterStall();
    } finally {
      for (const line of this.#waits?.end() ?? []) this.#session.context.debug(line);
      await this.#machine?.stop();
    }
  }

  /**
   * A stall may have been frozen with the guest, and would come again with each session: the next one boots cold. One of a
   * machine that stood still for seconds has another reason.
   */
  async #afterStall(): Promise<void> {
    const cause = this.#fault?.cause;
    if (cause === undefined || !stalls.has(cause)) return;
    this.#starvedStall = processStarvedMs(this.#machine?.pid) - this.#stolenBefore;
    if (this.#pauses.look() >= shortestPause) return;
    if (this.#key === null || this.#boot?.start !== 'restored') return;
    await this.#context.snapshots?.drop(this.#key);
    const { id } = this.#session.kernel.identity;
    this.#context.emit({
      type: 'notice',
      text: `${id}: ${cause} in a restored guest: its snapshot is dropped, the next run boots cold`,
    });
  }

  /** The first fault is the one that counts. */
  fail(error: unknown, consoleTail: readonly string[]): void {
    const { context, kernel } = this.#session;
    context.debug(`${kernel.identity.id}: ${inspect(error)}`);
    this.#fault ??= { ...faultOf(error), consoleTail };
  }

  /** Whatever it still does; it starts nothing any more. */
  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#machine?.stop();
  }

  life(ms: number): MachineLife {
    const disturbance: Disturbance = { stoodStill: this.#pauses.look(), starvedStall: this.#starvedStall };
    return { boot: this.#boot, fault: this.#fault, console: this.#console, notes: this.#notes, ms, disturbance };
  }

  async #plan(): Promise<LaunchPlan> {
    this.#phase('image', 'initramfs');
    const plan = await planLaunch(this.#session);
    this.#notes = plan.initramfs.notes;
    return plan;
  }

  /** Null when there is no snapshot, or none that is any good: then nothing has happened yet but time. */
  async #restored(plan: LaunchPlan): Promise<LiveGuest | null> {
    this.#key = await planSnapshotKey(plan, this.#context);
    const snapshot = this.#key === null ? null : await openSnapshot(this.#key, plan, this.#context);
    if (snapshot === null) return null;
    const launched = performance.now();
    this.#phase('boot', `${plan.accel}, restored`);
    try {
      const machine = await this.#launch(plan, snapshot.console);
      const guest = await wakeSnapshot(machine, snapshot, this.#guestOptions(plan, machine));
      assertRelease(plan.kernel.identity, guest);
      return this.#live({ guest, machine, plan }, 'restored', launched);
    } catch (error) {
      this.#context.signal.throwIfAborted();
      this.#context.debug(`${plan.kernel.identity.id}: ${inspect(error)}`);
      await this.#machine?.stop();
      await dropSnapshot(snapshot.key, error instanceof Error ? error.message : String(error), plan, this.#context);
      return null;
    } finally {
      await snapshot.memory.close();
    }
  }

  /** Boots, and freezes the guest for later sessions before it is asked for anything that could change it. */
  async #booted(plan: LaunchPlan): Promise<LiveGuest> {
    const launched = performance.now();
    this.#phase('boot', plan.accel);
    const machine = await this.#launch(plan, null);
    const connecting = Guest.connect(machine.rpc, this.#guestOptions(plan, machine));
    const guest = await machine.guard(connecting).catch((error: unknown) => {
      throw withMissingModules(error, plan.kernel.identity, plan.initramfs.assumed);
    });
    assertRelease(plan.kernel.identity, guest);
    const live = this.#live({ guest, machine, plan }, 'cold', launched);
    if (this.#key === null || this.#context.snapshots?.claim(this.#key) !== true) return live;
    this.#phase('boot', `${plan.accel}, keeping a snapshot`);
    await machine.guard(guest.call('prepare', {}));
    if (await keepSnapshot(this.#key, live, this.#context, this.#consoleLog)) return live;
    // QEMU did not outlive it. Nothing that counts has been asked of that guest yet, and the next is not frozen.
    await machine.stop();
    return this.#booted(plan);
  }

  async #launch(plan: LaunchPlan, restored: Uint8Array | null): Promise<Machine> {
    if (this.#isOver) throw new Error('the session is over');
    this.#stolenBefore = stolenMs();
    this.#machine = await launchMachine(plan, this.#context, { consoleLog: this.#consoleLog, restored });
    this.#console = this.#consoleLog;
    this.#pauses.follow(this.#machine.pid);
    this.#waits = new SessionWaits(this.#label, this.#machine.pid);
    return this.#machine;
  }

  #live(live: LiveGuest, start: Start, launched: number): LiveGuest {
    const ms = performance.now() - launched;
    this.#boot = bootReport(live.plan, live.machine, this.#context, { start, ms });
    return live;
  }

  #guestOptions({ deadlines }: LaunchPlan, { clock }: Machine): GuestOptions & { readonly signal: AbortSignal } {
    const { boot, hello, request } = deadlines;
    const { debug, signal } = this.#context;
    const onRequest: GuestOptions['onRequest'] = (name, ms) => {
      debug(`${this.#label}: ${name} took ${Math.round(ms)} ms`);
      this.#waits?.onRequest(name, ms);
    };
    return { helloMs: boot + hello, requestMs: request, signal, clock, onRequest };
  }

  /** `6.12 lsm`; the name of the kernel for its first machine. */
  get #label(): string {
    return `${this.#session.kernel.identity.id} ${this.#session.name}`.trimEnd();
  }

  /** Machines of one kernel come up side by side: all but the first say which they are. */
  #phase(phase: KernelPhase, step: string): void {
    const { context, kernel, name } = this.#session;
    const detail = name === '' ? step : `${name}: ${step}`;
    context.emit({ type: 'kernel-phase', kernel: kernel.identity.id, phase, detail });
  }
}

/**
 * A package says which release it holds, and the catalog which series: a guest of another one proves nothing about either.
 * A kernel file of the user's may be any.
 */
function assertRelease({ id, release }: KernelIdentity, { hello }: Guest): void {
  if (release === null || hello.release === release) return;
  throw new InfraError('WRONG_KERNEL', {
    message: `${id}: the guest says that it runs ${hello.release}, and the kernel is ${release}`,
    next: `remove what the cache has of it, and fetch it again: ${invocation} cache clear && ${invocation} kernels fetch ${id}`,
  });
}

/** What a guest complains of that was frozen in the middle of a wait. */
const stalls: ReadonlySet<InfraCause> = new Set<InfraCause>(['RCU_STALL', 'SOFT_LOCKUP']);

function faultOf(error: unknown): Omit<SessionFault, 'consoleTail'> {
  if (error instanceof DeadlineError)
    return { cause: 'VM_TIMEOUT', message: `run: ${error.message}`, next: 'raise --timeout' };
  if (error instanceof InfraError) return { cause: error.infra, message: error.message, next: error.next ?? '' };
  const host = error instanceof MatrixError ? error : hostFaultOf(error);
  if (host !== null) return { cause: 'HARNESS', message: host.message, next: host.next ?? '' };
  return {
    cause: 'HARNESS',
    message: error instanceof Error ? error.message : String(error),
    next: 'this is a fault of the harness: run again with --debug and report it',
  };
}
