// SPDX-License-Identifier: Apache-2.0
import type { Duplex, Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { InfraError } from '../model/errors.js';
import type { Accelerator } from '../model/report.js';
import type { InfraCause } from '../model/verdict.js';
import { startManaged, type ManagedProcess, type ProcessExit } from '../proc/managed.js';
import { ConsoleLog, type ConsoleEvent } from './console.js';
import { afterDeadline, type Clock, wallClock } from '../proc/deadline.js';
import { processStarvedMs } from '../proc/starved.js';
import type { Deadlines } from './deadlines.js';
import { type Backend, backendCommand } from './backend.js';
import { QmpError } from './qmp.js';
import { incomingArgv, type MachineSpec, qmpFd, rpcFd, stateFd } from './qemu-argv.js';
import type { Splat } from './splats.js';

/** A splat is followed by its trace; this long is waited for it, so that the console's tail holds it. */
const splatGrace = 400;
/** A channel that breaks is usually the first sign of a machine that dies; this long its own words are waited for. */
const lastOutput = 1500;

export interface LaunchOptions {
  /** Kernel id, for messages. */
  readonly label: string;
  /** The QEMU binary. */
  readonly qemu: string;
  readonly spec: MachineSpec;
  /** Who starts QEMU; this tool when left out. */
  readonly backend?: Backend;
  /** File that gets the console, byte for byte. */
  readonly consolePath: string;
  readonly deadlines: Pick<Deadlines, 'boot' | 'vm'>;
  readonly signal: AbortSignal;
  /** The console of the boot that it goes on from; null for a machine that boots. */
  readonly restored?: Uint8Array | null;
}

/** One QEMU process and what it reports about itself. It runs from the constructor on; `stop` is safe at any time. */
export class Machine {
  /** What it takes to boot it; a restored one is started with `-incoming` besides. */
  readonly argv: readonly string[];
  /** Program and arguments as a person would start it. */
  readonly command: readonly string[];
  readonly console: ConsoleLog;
  readonly #process: ManagedProcess;
  readonly #options: LaunchOptions;
  /** What calls off its timers. */
  readonly #timers: (() => void)[] = [];
  readonly #fault: Promise<never>;
  /** Resolves when the kernel has printed its banner. */
  readonly banner: Promise<void>;
  #sawBanner!: () => void;
  #fail!: (error: Error) => void;
  #endBootTimer: (() => void) | undefined;
  #splat: Splat | undefined;
  #stderr = '';
  #stopping = false;

  constructor(options: LaunchOptions) {
    this.#options = options;
    const command = backendCommand(options.backend ?? { kind: 'qemu' }, options.qemu, options.spec);
    this.argv = command.argv;
    this.command = [command.program, ...command.argv];
    this.#fault = new Promise<never>((_, reject) => (this.#fail = reject));
    this.#fault.catch(() => undefined);
    this.banner = new Promise<void>((resolve) => (this.#sawBanner = resolve));
    const restored = options.restored ?? null;
    const argv = restored === null ? this.argv : [...this.argv, ...incomingArgv()];
    const [first = '', ...words] = [...command.prefix, command.program, ...argv];
    this.#process = startManaged(first, words, restored === null ? 2 : 3);
    this.#process.stderr.on('data', (chunk: Buffer) => (this.#stderr = (this.#stderr + chunk.toString()).slice(-4000)));
    const console = { path: options.consolePath, target: options.spec.target, before: restored };
    this.console = new ConsoleLog(this.#process.stdout, console, (event) => {
      this.#onConsole(event);
    });
    this.#startTimers(restored === null);
    options.signal.addEventListener('abort', this.#onAbort, { once: true });
    void this.#process.exited.then((exit) => {
      this.#onExit(exit);
    });
  }

  get accel(): Accelerator {
    return this.#options.spec.accel;
  }

  /** Of QEMU, or of what starts it. */
  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** The host's end of the guest's RPC port. */
  get rpc(): Duplex {
    return this.#socket(rpcFd);
  }

  /** QEMU's control channel. */
  get qmp(): Duplex {
    return this.#socket(qmpFd);
  }

  /** Takes the state of a machine that is restored. */
  get state(): Duplex {
    return this.#socket(stateFd);
  }

  /**
   * Milliseconds that the machine could have run: it stands still while QEMU waits for a processor of a busy host. What
   * is slow by itself is not excused.
   */
  readonly clock: Clock = () => performance.now() - processStarvedMs(this.#process.pid);

  /** Nothing on its console says that its kernel can no longer be believed. */
  get sound(): boolean {
    return this.#splat === undefined;
  }

  /** Waits for `work`, or rejects with what happened to the machine; a machine's own words win over a broken channel. */
  async guard<T>(work: Promise<T>): Promise<T> {
    try {
      return await Promise.race([work, this.#fault]);
    } catch (error) {
      if (isBrokenChannel(error)) await this.#lastOutput();
      throw error;
    }
  }

  /** After the last answer: rejects with what the console has said of the kernel before it, once its trace is there. */
  async hearOut(): Promise<void> {
    // What was printed before the answer can be read by now, and need not have been.
    await nextTurn();
    if (this.#splat !== undefined) await this.#fault;
  }

  /** Kills QEMU, waits until it is gone, and closes the console log. */
  async stop(): Promise<void> {
    this.#stopping = true;
    for (const cancel of this.#timers) cancel();
    this.#options.signal.removeEventListener('abort', this.#onAbort);
    await this.#process.kill();
    await drained(this.#process.stdout);
    await this.console.close();
  }

  readonly #onAbort = (): void => {
    this.#fail(this.#options.signal.reason as Error);
    void this.#process.kill();
  };

  #socket(fd: number): Duplex {
    const socket = this.#process.sockets[fd - rpcFd];
    if (socket === undefined) throw new Error(`a machine without file descriptor ${fd}`);
    return socket;
  }

  /** A restored kernel printed its banner long ago. */
  #startTimers(boots: boolean): void {
    const { boot, vm } = this.#options.deadlines;
    if (boots) {
      // The whole machine's limit is by the wall clock; where both are the same, the banner is what is missed.
      this.#endBootTimer = afterDeadline(boot, boot < vm ? this.clock : wallClock, () => {
        this.#report('BOOT_TIMEOUT', `no kernel banner within ${boot / 1000} s under ${this.accel}`);
      });
      this.#timers.push(this.#endBootTimer);
    }
    const endVmTimer = afterDeadline(vm, wallClock, () => {
      this.#report('VM_TIMEOUT', `not done within ${vm / 1000} s under ${this.accel}`);
    });
    this.#timers.push(endVmTimer);
  }

  #onConsole(event: ConsoleEvent): void {
    switch (event.type) {
      case 'kernel':
        this.#endBootTimer?.();
        this.#sawBanner();
        return;
      case 'guest-fatal':
        this.#report('GUEST_SETUP', event.why);
        return;
      case 'splat':
        if (this.#splat !== undefined || this.#stopping) return;
        this.#splat = event.splat;
        this.#timers.push(afterDeadline(splatGrace, wallClock, this.#reportSplat));
        return;
    }
  }

  readonly #reportSplat = (): void => {
    if (this.#splat !== undefined) this.#report(this.#splat.cause, this.#splat.line);
  };

  #onExit(exit: ProcessExit): void {
    if (this.#stopping) return;
    void drained(this.#process.stdout).then(() => {
      if (this.#splat !== undefined) this.#reportSplat();
      else this.#report(...this.#exitCause(exit));
    });
  }

  #exitCause(exit: ProcessExit): [InfraCause, string] {
    const words = this.#stderr.trim().split('\n').at(-1) ?? '';
    const detail = words === '' ? '' : `: ${words}`;
    switch (exit.kind) {
      case 'not-started':
        return ['QEMU_START', exit.message];
      case 'signalled':
        return ['QEMU_EXITED', `QEMU was killed by ${exit.signal}${detail}`];
      case 'exited':
        return exit.code === 0
          ? ['QEMU_EXITED', 'the guest powered off before it had answered']
          : [this.console.empty ? 'QEMU_START' : 'QEMU_EXITED', `QEMU exited with ${exit.code}${detail}`];
    }
  }

  #report(cause: InfraCause, what: string): void {
    this.#fail(
      new InfraError(cause, {
        message: `boot: ${this.#options.label}: ${what}`,
        next: nextSteps[cause] ?? 'read the console log',
      }),
    );
  }

  /** Rejects with the machine's fault when it comes soon. */
  async #lastOutput(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => (timer = setTimeout(resolve, lastOutput)));
    await Promise.race([this.#fault, patience]).finally(() => {
      clearTimeout(timer);
    });
  }
}

/** A channel that ends is what comes of it when a machine dies, and seldom the reason. */
function isBrokenChannel(error: unknown): boolean {
  if (error instanceof QmpError) return true;
  if (error instanceof InfraError) return error.infra === 'GUEST_PROTOCOL';
  const code = (error as NodeJS.ErrnoException | null)?.code ?? '';
  return ['EPIPE', 'ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE'].includes(code);
}

const nextSteps: Partial<Record<InfraCause, string>> = {
  BOOT_TIMEOUT: 'check that the image is a kernel for this machine; raise --timeout on a slow host',
  VM_TIMEOUT: 'raise --timeout, or use fewer --jobs on a busy host',
  GUEST_SETUP: 'a kernel without virtio built in needs its modules: --kernel-image ID=FILE,modules=DIR',
  GUEST_DENIED: 'an LSM program denies PID 1 its own port: it denies too much',
  QEMU_START: 'run the printed QEMU command by hand (--debug shows it)',
  QEMU_EXITED: 'read the console log; the out-of-memory killer also ends QEMU this way',
};

/** Resolves when everything that a dead process wrote has been read. */
async function drained(stream: Readable): Promise<void> {
  if (stream.readableEnded || stream.destroyed) return;
  await new Promise<void>((resolve) => {
    stream.once('close', resolve);
    stream.once('end', resolve);
  });
}
