import { readFile } from 'node:fs/promises';
import { inspect } from 'node:util';
import { deadlinesFor } from '../boot/deadlines.js';
import type { Machine } from '../boot/machine.js';
import { Guest } from '../guest/client.js';
import { facts } from '../guest/facts.js';
import { buildInitramfs } from '../images/index.js';
import { InfraError } from '../model/errors.js';
import type { KernelPhase } from '../model/events.js';
import type { ObjectEvidence } from '../model/evidence.js';
import type { GuestFacts } from '../model/facts.js';
import type { ReadyKernel } from '../model/kernel.js';
import type { BootReport } from '../model/report.js';
import { consolePath, verifierLogPath } from '../results/paths.js';
import type { SessionFault, SessionResult } from '../results/session.js';
import { loadObject } from '../scenarios/load.js';
import { provideConfig } from '../scenarios/kernel-config.js';
import { judgeObject } from '../verdict/judge-object.js';
import type { AccelProvider, SessionContext } from './context.js';
import { bootReport, launch, type LaunchPlan } from './launch.js';

/** One fresh VM: boots the kernel, asks for facts, loads every object. Broken machinery is data here, never a throw. */
export async function runSession(
  kernel: ReadyKernel,
  accelFor: AccelProvider,
  context: SessionContext,
): Promise<SessionResult> {
  const started = performance.now();
  const session = new Session(kernel, context);
  try {
    await session.run(accelFor);
  } catch (error) {
    context.signal.throwIfAborted();
    session.fail(error, []);
  }
  return session.result(Math.round(performance.now() - started));
}

/** What has been learned so far; a session that breaks keeps it. */
class Session {
  readonly #kernel: ReadyKernel;
  readonly #context: SessionContext;
  readonly #objects: ObjectEvidence[] = [];
  #boot: BootReport | null = null;
  #facts: GuestFacts | null = null;
  #fault: SessionFault | null = null;
  #console: string | null = null;
  #notes: readonly string[] = [];

  constructor(kernel: ReadyKernel, context: SessionContext) {
    this.#kernel = kernel;
    this.#context = context;
  }

  async run(accelFor: AccelProvider): Promise<void> {
    const plan = await this.#plan(accelFor);
    const machine = await launch(plan, this.#context);
    this.#console = consolePath(this.#kernel.identity.id);
    try {
      await this.#ask(machine, plan);
    } catch (error) {
      this.#context.signal.throwIfAborted();
      this.fail(error, machine.console.tail());
    } finally {
      await machine.stop();
    }
  }

  /** The first fault is the one that counts. */
  fail(error: unknown, consoleTail: readonly string[]): void {
    this.#context.debug(`${this.#kernel.identity.id}: ${inspect(error)}`);
    this.#fault ??= { ...faultOf(error), consoleTail };
  }

  result(ms: number): SessionResult {
    return {
      identity: this.#kernel.identity,
      boot: this.#boot,
      facts: this.#facts,
      asked: this.#context.objects.length,
      objects: this.#objects,
      fault: this.#fault,
      console: this.#console,
      notes: this.#notes,
      ms,
    };
  }

  async #plan(accelFor: AccelProvider): Promise<LaunchPlan> {
    const { init, cache: cacheDir, signal, timeout } = this.#context;
    const kernel = this.#kernel;
    this.#phase('image', 'initramfs');
    const [initramfs, accel] = await Promise.all([
      buildInitramfs({ init, kernel, cacheDir, signal }),
      accelFor(kernel),
    ]);
    this.#notes = initramfs.notes;
    return { kernel, initramfs, accel, deadlines: deadlinesFor(accel, timeout) };
  }

  async #ask(machine: Machine, plan: LaunchPlan): Promise<void> {
    const { boot, hello, request, load } = plan.deadlines;
    const { signal, objects } = this.#context;
    const launched = performance.now();
    this.#phase('boot', plan.accel);
    const options = { helloMs: boot + hello, requestMs: request, signal };
    const guest = await machine.guard(Guest.connect(machine.rpc, options));
    this.#boot = bootReport(plan, machine, this.#context, performance.now() - launched);
    this.#phase('facts', '');
    const config = await configText(this.#kernel);
    this.#facts = await machine.guard(facts(guest, config));
    if (config !== null) await machine.guard(provideConfig(guest, config));
    for (const { identity, bytes } of objects) {
      this.#phase('load', identity.name);
      const evidence = await machine.guard(loadObject(guest, { name: identity.name, bytes, timeout: load }));
      this.#objects.push(evidence);
      this.#tell(evidence, this.#facts);
    }
  }

  /** A first look for people who watch; the verdict that counts is passed on the whole session. */
  #tell(evidence: ObjectEvidence, facts: GuestFacts): void {
    const { emit, objects } = this.#context;
    const { id } = this.#kernel.identity;
    const logPath = (program: string): string => verifierLogPath(id, evidence.object, program, objects.length);
    for (const program of judgeObject(evidence, { facts, logPath }).programs) {
      emit({ type: 'program-judged', kernel: id, object: evidence.object, program });
    }
  }

  #phase(phase: KernelPhase, detail: string): void {
    this.#context.emit({ type: 'kernel-phase', kernel: this.#kernel.identity.id, phase, detail });
  }
}

async function configText(kernel: ReadyKernel): Promise<string | null> {
  return kernel.files.config === null ? null : readFile(kernel.files.config, 'utf8');
}

function faultOf(error: unknown): Omit<SessionFault, 'consoleTail'> {
  if (error instanceof InfraError) return { cause: error.infra, message: error.message, next: error.next ?? '' };
  return {
    cause: 'HARNESS',
    message: error instanceof Error ? error.message : String(error),
    next: 'this is a fault of the harness: run again with --debug and report it',
  };
}
